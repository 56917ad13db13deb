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
func rulesOf(t testing.TB) *classifier.Rules {
	t.Helper()
	doc, err := os.ReadFile("../configs/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := classifier.ParseRules("rules.yaml", doc)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// directoryOf reads the sample county.
func directoryOf(t testing.TB) func() *org.Directory {
	t.Helper()
	doc, err := os.ReadFile("../configs/units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var data org.Data
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(&data); err != nil {
		t.Fatal(err)
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		t.Fatal(err)
	}
	return func() *org.Directory { return dir }
}

func classifierOf(t testing.TB) *classifier.Classifier {
	t.Helper()
	return classifier.New(rulesOf(t), directoryOf(t))
}

// shared opens a file of the shared developer data, and skips the test when it is not there.
func shared(t testing.TB, parts ...string) *os.File {
	t.Helper()
	root := os.Getenv("HUIYING_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(append([]string{root}, parts...)...))
	if err != nil {
		t.Skipf("developer data is not here (set HUIYING_SHARED): %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}
