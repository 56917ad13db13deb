package api

import "huiying/incident"

// Problem is an error as RFC 9457 has it. Detail is a Chinese sentence for people,
// Code the machine's name of the error, Field the input's field where there is one.
type Problem struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      incident.Code `json:"code"`
	Field     string        `json:"field,omitempty"`
	RequestID string        `json:"request_id"`
}
