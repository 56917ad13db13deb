package model

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// plain is a model's file without magic and compression.
func plain(tb testing.TB, m *Model) []byte {
	tb.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(written(tb, m)[len(magic):]))
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := io.ReadAll(zr)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func zip(tb testing.TB, w io.Writer, doc []byte) {
	tb.Helper()
	zw := gzip.NewWriter(w)
	if _, err := zw.Write(doc); err != nil {
		tb.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		tb.Fatal(err)
	}
}
