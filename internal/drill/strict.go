package drill

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// strict decodes a YAML document and refuses keys that it does not know.
func strict(doc []byte, target any) error {
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(target); err != nil && !errors.Is(err, io.EOF) {
		return err //nolint:wrapcheck // the caller names the file
	}
	return nil
}
