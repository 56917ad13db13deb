package intake

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiying/incident"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestImport_Golden: whole files as systems export them, and all that becomes of them. A
// file X.csv may have its mapping in X.map.yaml.
func TestImport_Golden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/import/*.[cj]s*")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			im := importer(t, l)
			base := strings.TrimSuffix(path, filepath.Ext(path))
			if doc, err := os.ReadFile(base + ".map.yaml"); err == nil {
				im.Mapping, im.Source = mapping(t, string(doc)), "县长信箱"
			}
			result, err := im.Run(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			for _, v := range []any{result, map[string][]Column{"columns": result.Columns}, map[string][]incident.Register{"registered": l.all}} {
				if err := enc.Encode(v); err != nil {
					t.Fatal(err)
				}
			}
			golden := base + ".golden"
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("differs from %s (go test -run Golden -update, and read it):\n%s", golden, out.Bytes())
			}
		})
	}
}
