package year

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"huiying/desk"
)

//go:embed year.go ahead.go
var sources embed.FS

// Kept returns a folder with the database of a play, for benchmarks that only read it. It is
// played once and kept in the user's cache, under a name made of the play, of the program
// that plays it and of the schema, so that it is never one of another shape; a play that was
// cut off is begun again. open makes or opens the store in a folder.
func Kept(ctx context.Context, p Play, schema string, open func(dir string) (desk.Store, io.Closer, error)) (string, error) {
	name := sha256.New()
	name.Write(fmt.Append(nil, schema, p.Seed, p.From, p.Incidents, p.Days, p.Every))
	for _, file := range []string{"year.go", "ahead.go"} {
		raw, err := sources.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read the play's own text: %w", err)
		}
		name.Write(raw)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "huiying", fmt.Sprintf("year-%x", name.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o750)); err != nil {
		return "", fmt.Errorf("make room for the play: %w", err)
	}
	store, closer, err := open(part)
	if err != nil {
		return "", err
	}
	p.Store = store
	_, _, err = Run(ctx, p)
	if err := errors.Join(err, closer.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(part, dir); err != nil {
		return "", fmt.Errorf("keep the play: %w", err)
	}
	return dir, nil
}
