// Package blob keeps pictures and files that came with reports in a folder, each once by
// the hash of its content. It refuses what is too large or of a kind that nobody needs.
package blob

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"huiying/incident"
)

// MaxBytes is how large a file may be: what chat platforms let through.
const MaxBytes = 20 << 20

// Prefix begins the address by which a kept file is known, and served.
const Prefix = "/files/"

// Store keeps files below a folder.
type Store struct{ dir string }

// Open makes a store of a folder, which is made when the first file comes.
func Open(dir string) *Store { return &Store{dir: dir} }

// kinds are the media types that are kept, by the ending under which they are kept.
func kinds() map[string]string {
	return map[string]string{
		".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".bmp": "image/bmp",
		".mp4": "video/mp4", ".amr": "audio/amr", ".mp3": "audio/mpeg", ".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}
}

// sniff is how much of a file tells its kind.
const sniff = 512

// Keep reads r to its end and keeps it. Its kind is told by its content, where that tells,
// so that a page is no picture because it is called one. A refusal is an [incident.Error].
func (s *Store) Keep(ctx context.Context, name, mediaType string, r io.Reader) (incident.Attachment, error) {
	var a incident.Attachment
	first := make([]byte, sniff)
	n, err := io.ReadFull(r, first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return a, fmt.Errorf("read file: %w", err)
	}
	if n == 0 {
		return a, &incident.Error{Code: incident.CodeInvalid, Text: "文件“" + cmp.Or(name, "附件") + "”是空的，没有收。"}
	}
	first = first[:n]
	ending := kindOf(name, mediaType, first)
	if ending == "" {
		return a, &incident.Error{
			Code: incident.CodeInvalid, Text: "“" + cmp.Or(name, "附件") + "”这类文件不收。可以发图片、视频、录音、PDF、Word、Excel、PPT和文本。",
		}
	}
	hash, err := s.write(ctx, name, ending, io.MultiReader(bytes.NewReader(first), r))
	if err != nil {
		return a, err
	}
	return incident.Attachment{Name: cmp.Or(name, "附件"+ending), URL: Prefix + hash + ending}, nil
}

// kindOf is the ending under which a file is kept; empty for what is not kept.
func kindOf(name, mediaType string, first []byte) string {
	found := http.DetectContentType(first)
	for ending, kind := range kinds() {
		if strings.HasPrefix(found, strings.SplitN(kind, ";", 2)[0]) && ending != ".txt" {
			return ending
		}
	}
	said := strings.ToLower(filepath.Ext(name))
	if said == ".jpeg" {
		said = ".jpg"
	}
	if said == "" {
		for ending, kind := range kinds() {
			if mediaType != "" && strings.HasPrefix(kind, strings.ToLower(strings.SplitN(mediaType, ";", 2)[0])) {
				said = ending
			}
		}
	}
	office := slices.Contains([]string{".docx", ".xlsx", ".pptx"}, said) && bytes.HasPrefix(first, []byte("PK"))
	plain := said == ".txt" && strings.HasPrefix(found, "text/plain")
	voice := said == ".amr" && bytes.HasPrefix(first, []byte("#!AMR"))
	sound := said == ".mp3" && (bytes.HasPrefix(first, []byte("ID3")) || len(first) > 1 && first[0] == 0xFF && first[1]&0xE0 == 0xE0)
	if office || plain || voice || sound {
		return said
	}
	return ""
}

// write keeps the content under its hash: written aside, made durable, then renamed.
func (s *Store) write(ctx context.Context, name, ending string, r io.Reader) (hash string, err error) {
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return "", fmt.Errorf("make folder of files: %w", err)
	}
	f, err := os.CreateTemp(s.dir, "coming-*")
	if err != nil {
		return "", fmt.Errorf("keep file: %w", err)
	}
	defer func() {
		if rerr := os.Remove(f.Name()); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}()
	h := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(reader{ctx, r}, MaxBytes+1))
	if err == nil && size > MaxBytes {
		err = &incident.Error{
			Code: incident.CodeInvalid, Text: fmt.Sprintf("文件“%s”超过%dMB，没有收，请压缩后再发。", cmp.Or(name, "附件"), MaxBytes>>20),
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("keep file: %w", err)
	}
	hash = hex.EncodeToString(h.Sum(nil))
	path := s.path(hash + ending)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", fmt.Errorf("make folder of files: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return "", fmt.Errorf("keep file: %w", err)
	}
	return hash, nil
}

// reader ends a read when its context does.
type reader struct {
	ctx context.Context //nolint:containedctx // lives for one call
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // the caller's own
	}
	return r.r.Read(p) //nolint:wrapcheck // a reader's own
}

func (s *Store) path(file string) string { return filepath.Join(s.dir, file[:2], file) }

var known = regexp.MustCompile(`^[0-9a-f]{64}\.[a-z0-9]{3,4}$`)

// Get opens a kept file by what follows [Prefix] in its address, with its media type;
// [incident.ErrNotFound] when there is none.
func (s *Store) Get(file string) (*os.File, string, error) {
	if !known.MatchString(file) {
		return nil, "", incident.ErrNotFound
	}
	f, err := os.Open(s.path(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", incident.ErrNotFound
	}
	if err != nil {
		return nil, "", fmt.Errorf("open file: %w", err)
	}
	return f, cmp.Or(kinds()[filepath.Ext(file)], "application/octet-stream"), nil
}
