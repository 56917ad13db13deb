package incident_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"huiying/incident"
)

// TestDecode_Faults: what a stranger sends wrong is named, with its field, in Chinese.
func TestDecode_Faults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, raw   string
		code              incident.Code
		field, want, lack string
	}{
		{"unknown command", "dispach", `{}`, incident.CodeNotFound, "", "可用的操作有：assess、dispatch", "tell"},
		{"unknown field", "return", `{"raeson":"x"}`, incident.CodeInvalid, "raeson", `不认识字段"raeson"`, "json:"},
		{"wrong type", "ask_extension", `{"days":"三"}`, incident.CodeInvalid, "days", `字段"days"的类型不对`, "json:"},
		{"wrong type inside", "dispatch", `{"lead":1}`, incident.CodeInvalid, "lead", `字段"lead"的类型不对`, "json:"},
		{"no object", "plan", `[1]`, incident.CodeInvalid, "", "应是一个JSON对象", "json:"},
		{"wrong time", "plan", `{"promised_at":"明天"}`, incident.CodeInvalid, "", `有一个时间写得不对："明天"`, "parsing"},
		{"no JSON", "plan", `promised`, incident.CodeInvalid, "", "第1个字节处不是正确的JSON", "invalid"},
		{"cut off", "plan", `{"text":"x"`, incident.CodeInvalid, "", "JSON没有写完", "EOF"},
		{"something follows", "accept", `{}{"x":1}`, incident.CodeInvalid, "", "多余的内容", "json:"},
		{"rubbish follows", "accept", `{} x`, incident.CodeInvalid, "", "多余的内容", "json:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := incident.Decode(incident.Kind(tt.kind), []byte(tt.raw))
			var e *incident.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a sentence for people: %v", err)
			}
			if e.Code != tt.code || e.Field != tt.field || !strings.Contains(e.Text, tt.want) || strings.Contains(e.Text, tt.lack) {
				t.Errorf("code %s, field %q, text %q", e.Code, e.Field, e.Text)
			}
		})
	}
}

func TestDecode_EmptyIsTheZeroCommand(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "  \n", "{}", "null"} {
		if cmd, err := incident.Decode(incident.KindAccept, []byte(raw)); err != nil || cmd != (incident.Accept{}) {
			t.Errorf("%q: %v, %v", raw, cmd, err)
		}
	}
}

// TestDecode_EveryCommandComesBack: what the log holds can be read again.
func TestDecode_EveryCommandComesBack(t *testing.T) {
	t.Parallel()
	for _, k := range incident.Kinds() {
		raw, err := json.Marshal(sample(k))
		if err != nil {
			t.Fatal(err)
		}
		cmd, err := incident.Decode(k, raw)
		if err != nil || cmd.Kind() != k {
			t.Fatalf("%s: %v", k, err)
		}
		if again, err := json.Marshal(cmd); err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: %s came back as %s", k, raw, again)
		}
		if k.Chinese() == string(k) || !unicode.Is(unicode.Han, []rune(k.Chinese())[0]) {
			t.Errorf("%s has no Chinese name", k)
		}
	}
}

// FuzzDecode: whatever is sent, the answer is a command that comes back the same, or a sentence.
func FuzzDecode(f *testing.F) {
	kinds := incident.Kinds()
	for i, k := range kinds {
		raw, err := json.Marshal(sample(k))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, raw)
	}
	f.Add(0, []byte(`{"days":1e99}`))
	f.Add(4, []byte("{\"reason\":\"\xff\"}"))
	english := regexp.MustCompile(`json: |parsing time|unexpected`)
	f.Fuzz(func(t *testing.T, n int, raw []byte) {
		k := kinds[((n%len(kinds))+len(kinds))%len(kinds)]
		cmd, err := incident.Decode(k, raw)
		if err != nil {
			if e := new(incident.Error); !errors.As(err, &e) || e.Text == "" || english.MatchString(e.Text) {
				t.Fatalf("%s %q: %v", k, raw, err)
			}
			return
		}
		once, err := json.Marshal(cmd)
		if err != nil {
			t.Skip("a year that JSON cannot write")
		}
		again, err := incident.Decode(k, once)
		if err != nil {
			t.Fatalf("%s: %s cannot be read again: %v", k, once, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s: %s came back as %s", k, once, twice)
		}
	})
}

// TestWhoMay_IsTrue: the posts named for a command may give it, for the drills that rely on it.
func TestWhoMay_IsTrue(t *testing.T) {
	t.Parallel()
	table := readTable(t)
	for c := range table {
		it := ready(inState(t, c.state), c.kind)
		for _, post := range it.WhoMay(c.kind) {
			unit := house
			if post.County() {
				unit = hall
			}
			if c.kind == incident.KindCountersign || c.kind == incident.KindOpinion {
				unit = water
			}
			if by := actor(unit, post); !it.May(by, c.kind) || (!c.kind.Internal() && !slices.Contains(it.Allowed(by), c.kind)) {
				t.Errorf("%s in %s: %s is named but may not", c.kind, c.state, post)
			}
		}
	}
}
