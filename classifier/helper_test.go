package classifier_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"huiying/classifier"
	"huiying/org"
)

// rulesOf reads the county's built-in rules.
func rulesOf(tb testing.TB) *classifier.Rules {
	tb.Helper()
	doc, err := os.ReadFile("../configs/rules.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	rules, err := classifier.ParseRules("rules.yaml", doc)
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

// directoryOf reads the sample county.
func directoryOf(tb testing.TB) func() *org.Directory {
	tb.Helper()
	doc, err := os.ReadFile("../configs/units.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var data org.Data
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(&data); err != nil {
		tb.Fatal(err)
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		tb.Fatal(err)
	}
	return func() *org.Directory { return dir }
}

func classifierOf(tb testing.TB) *classifier.Classifier {
	tb.Helper()
	return classifier.New(rulesOf(tb), directoryOf(tb))
}

// shared opens a file of the shared developer data, and skips the test when it is not there.
func shared(tb testing.TB, parts ...string) *os.File {
	tb.Helper()
	root := os.Getenv("HUIYING_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(append([]string{root}, parts...)...))
	if err != nil {
		tb.Skipf("developer data is not here (set HUIYING_SHARED): %v", err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	})
	return f
}
