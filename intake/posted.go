package intake

import (
	"bytes"
	"encoding/json"

	"huiying/incident"
)

// postedReporter is a reporter as an object, or as a bare name.
type postedReporter struct{ incident.Reporter }

// UnmarshalJSON implements json.Unmarshaler.
func (r *postedReporter) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &r.Name) //nolint:wrapcheck // the caller says where
	}
	return strictJSON(raw, &r.Reporter, "reporter", "来件人（reporter）须写成 {\"name\":…,\"phone\":…,\"id_no\":…}，或只写姓名。")
}

// postedFile is an attachment as an object, or as a bare address.
type postedFile struct{ incident.Attachment }

// UnmarshalJSON implements json.Unmarshaler.
func (f *postedFile) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &f.URL) //nolint:wrapcheck // the caller says where
	}
	return strictJSON(raw, &f.Attachment, "attachments", "附件（attachments）的每一项须写成 {\"name\":…,\"url\":…}，或只写网址。")
}

// postedDeadline is a limit that came with the item; without a kind it is to conclude,
// without a name it is the source's.
type postedDeadline struct {
	Kind  incident.MilestoneKind `json:"kind"`
	Limit string                 `json:"limit"`
	By    string                 `json:"by"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *postedDeadline) UnmarshalJSON(raw []byte) error {
	type plain postedDeadline // without this method
	return strictJSON(raw, (*plain)(p), "handed_limits",
		"随件期限（handed_limits）的每一项须写成 {\"kind\":\"conclude\",\"limit\":\"2026-11-20T18:00:00+08:00\",\"by\":…}。")
}

// strictJSON decodes a part; a part that does not fit is an error for people.
func strictJSON(raw []byte, target any, field, text string) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(target); err != nil {
		return &incident.Error{Code: incident.CodeInvalid, Field: field, Text: text, Err: err}
	}
	return nil
}
