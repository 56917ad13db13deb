package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiying/incident"
	"huiying/storage/blob"
)

const png = "\x89PNG\r\n\x1a\n0000"

func TestKeep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := blob.Open(filepath.Join(dir, "files"))
	a, err := s.Keep(t.Context(), "现场.png", "", strings.NewReader(png))
	if err != nil || a.Name != "现场.png" || !strings.HasPrefix(a.URL, blob.Prefix) || !strings.HasSuffix(a.URL, ".png") {
		t.Fatalf("Keep = %+v, %v", a, err)
	}
	again, err := s.Keep(t.Context(), "别名.jpg", "image/jpeg", strings.NewReader(png))
	if err != nil || again.URL != a.URL {
		t.Errorf("the same content is kept twice, or as what it is called: %+v, %v", again, err)
	}
	f, kind, err := s.Get(strings.TrimPrefix(a.URL, blob.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || string(body) != png || kind != "image/png" {
		t.Errorf("Get = %q, %s, %v", body, kind, err)
	}
	left := 0
	err = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left++
		}
		return err
	})
	if err != nil || left != 1 {
		t.Errorf("%d files are left, want 1 (%v)", left, err)
	}
}

func TestKeep_Refuses(t *testing.T) {
	t.Parallel()
	s := blob.Open(t.TempDir())
	for name, content := range map[string]string{
		"空.png": "", "页面.png": "<html><script>alert(1)</script></html>", "程序.exe": "MZ\x90\x00", "假.docx": "not a zip",
		"图.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`, "大.txt": strings.Repeat("长", blob.MaxBytes/3+1),
	} {
		var e *incident.Error
		if a, err := s.Keep(t.Context(), name, "", strings.NewReader(content)); !errors.As(err, &e) {
			t.Errorf("%s: %+v, %v, want a refusal for people", name, a, err)
		}
	}
	for _, file := range []string{"", "..", "../../etc/passwd", strings.Repeat("a", 64) + ".png", strings.Repeat("a", 64) + "/../x.png"} {
		if _, _, err := s.Get(file); !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("Get(%q): %v, want ErrNotFound", file, err)
		}
	}
	if _, err := s.Keep(t.Context(), "断.png", "", io.MultiReader(bytes.NewReader([]byte(png+strings.Repeat("0", 600))), broken{})); err == nil {
		t.Error("a file that was cut off is kept")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("cut off") }
