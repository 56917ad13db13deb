package web_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/incident"
)

// document is /openapi.json, as far as answers are checked against it.
type document struct {
	raw   map[string]any
	paths map[string]any
}

func describe(tb testing.TB, h *house) document {
	tb.Helper()
	w := h.call(tb, "", "GET", "/openapi.json", "")
	var d document
	if err := json.Unmarshal(w.Body.Bytes(), &d.raw); err != nil {
		tb.Fatal(err)
	}
	d.paths, _ = d.raw["paths"].(map[string]any)
	return d
}

// check compares an answer with what the document says of it. An answer that the
// document does not describe is a fault of the document.
func (d document) check(method, target string, w *httptest.ResponseRecorder) error {
	path, _, _ := strings.Cut(strings.TrimPrefix(target, "/api/v1"), "?")
	path = regexp.MustCompile(`^/incidents/[^/]+`).ReplaceAllString(path, "/incidents/{id}")
	item, ok := d.paths[path].(map[string]any)
	if !ok {
		return fmt.Errorf("%s is not described", path)
	}
	op, ok := item[strings.ToLower(method)].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s is not described", method, path)
	}
	responses := op["responses"].(map[string]any)
	answer, ok := responses[strconv.Itoa(w.Code)].(map[string]any)
	if !ok {
		answer = responses["default"].(map[string]any)
	}
	answer = d.resolve(answer)
	content := answer["content"].(map[string]any)
	mime := w.Header().Get("Content-Type")
	media, ok := content[mime].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s: %d is answered as %q, which is not described", method, path, w.Code, mime)
	}
	var value any
	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return d.valid(media["schema"].(map[string]any), value, "answer")
}

func (d document) resolve(s map[string]any) map[string]any {
	for {
		ref, ok := s["$ref"].(string)
		if !ok {
			return s
		}
		at := d.raw
		for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at[part].(map[string]any)
		}
		s = at
	}
}

// valid is the part of JSON Schema that the document uses. Properties that are not
// described are refused, though clients must bear them.
func (d document) valid(s map[string]any, value any, where string) error {
	s = d.resolve(s)
	switch v := value.(type) {
	case map[string]any:
		if s["type"] != nil && s["type"] != "object" {
			return fmt.Errorf("%s is an object, want %v", where, s["type"])
		}
		return d.validObject(s, v, where)
	case []any:
		if s["type"] != nil && s["type"] != "array" {
			return fmt.Errorf("%s is a list, want %v", where, s["type"])
		}
		items, _ := s["items"].(map[string]any)
		for i, item := range v {
			if err := d.valid(items, item, fmt.Sprintf("%s[%d]", where, i)); err != nil {
				return err
			}
		}
	case string:
		return validString(s, v, where)
	case float64:
		if s["type"] == "integer" && v != float64(int64(v)) || s["type"] != nil && s["type"] != "integer" && s["type"] != "number" {
			return fmt.Errorf("%s is %v, want %v", where, v, s["type"])
		}
	case bool:
		if s["type"] != nil && s["type"] != "boolean" {
			return fmt.Errorf("%s is %v, want %v", where, v, s["type"])
		}
	case nil:
		return fmt.Errorf("%s is null", where)
	}
	return nil
}

func (d document) validObject(s, v map[string]any, where string) error {
	if s["type"] == nil {
		return nil // anything
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			return fmt.Errorf("%s lacks %v", where, name)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	more, _ := s["additionalProperties"].(map[string]any)
	for name, item := range v {
		schema, ok := properties[name].(map[string]any)
		if !ok {
			schema = more
		}
		if schema == nil {
			return fmt.Errorf("%s.%s is not described", where, name)
		}
		if err := d.valid(schema, item, where+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func validString(s map[string]any, v, where string) error {
	if s["type"] != nil && s["type"] != "string" {
		return fmt.Errorf("%s is a string, want %v", where, s["type"])
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, any(v)) {
		return fmt.Errorf("%s is %q, want one of %v", where, v, enum)
	}
	if s["format"] == "date-time" {
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
	}
	return nil
}

func TestOpenAPI_DescribesEveryCommandAndItsBody(t *testing.T) {
	t.Parallel()
	d := describe(t, newHouse(t))
	if d.raw["openapi"] != "3.1.0" {
		t.Errorf("openapi is %v", d.raw["openapi"])
	}
	seen := map[string]bool{}
	for path, item := range d.paths {
		for method, op := range item.(map[string]any) {
			id, _ := op.(map[string]any)["operationId"].(string)
			if id == "" || seen[id] {
				t.Errorf("%s %s has the operationId %q, which is empty or another's", method, path, id)
			}
			seen[id] = true
		}
	}
	for _, k := range incident.Kinds() {
		if want := !k.Internal() || k == incident.KindRegister; seen[string(k)] != want {
			t.Errorf("command %s described: %v, want %v", k, seen[string(k)], want)
		}
	}
	for _, body := range []struct{ name, properties, required string }{
		{"Dispatch", "assisting,lead,requirements", "lead"},
		{"Regrade", "happened_at,kind,reason,to", "kind,reason,to"},
		{"Plan", "promised_at,text", "promised_at"},
		{"Accept", "", ""},
	} {
		s, _ := d.raw["components"].(map[string]any)["schemas"].(map[string]any)[body.name].(map[string]any)
		var names, required []string
		for name := range s["properties"].(map[string]any) {
			names = append(names, name)
		}
		sort.Strings(names)
		list, _ := s["required"].([]any)
		for _, name := range list {
			required = append(required, name.(string))
		}
		if strings.Join(names, ",") != body.properties || strings.Join(required, ",") != body.required {
			t.Errorf("%s has %v, of them required %v", body.name, names, required)
		}
	}
}
