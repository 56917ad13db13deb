package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Document is the OpenAPI 3.1 description of the routes, made from the table that
// mounts them.
func Document(routes []Route, title, version string) ([]byte, error) {
	s := newSchemas()
	problem := object{
		"description": "出错：detail 是给人看的说明，code 和 field 供程序判断",
		"content":     object{"application/problem+json": object{"schema": s.of(Problem{})}},
	}
	paths := object{}
	for _, r := range routes {
		if r.Hidden {
			continue
		}
		path, ok := paths[r.Path].(object)
		if !ok {
			path = object{}
			paths[r.Path] = path
		}
		path[strings.ToLower(r.Method)] = s.operation(r)
	}
	raw, err := json.Marshal(object{
		"openapi":  "3.1.0",
		"info":     object{"title": title, "version": version},
		"servers":  []any{object{"url": Prefix}},
		"security": []any{object{"bearer": []string{}}},
		"paths":    paths,
		"components": object{
			"schemas":         s.defs,
			"responses":       object{"problem": problem},
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer"}},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encode OpenAPI document: %w", err)
	}
	return raw, nil
}

func (s *schemas) operation(r Route) object {
	responses := object{"default": object{"$ref": "#/components/responses/problem"}}
	statuses := r.Statuses
	if len(statuses) == 0 {
		statuses = []int{http.StatusOK}
	}
	for _, status := range statuses {
		responses[strconv.Itoa(status)] = object{
			"description": http.StatusText(status),
			"content":     object{"application/json": object{"schema": s.of(r.Answer)}},
		}
	}
	op := object{"operationId": r.Name, "summary": r.Title, "responses": responses}
	if params := s.params(r); len(params) > 0 {
		op["parameters"] = params
	}
	if r.Body != nil {
		op["requestBody"] = object{
			"required": !s.optional(r.Body),
			"content":  object{"application/json": object{"schema": s.of(r.Body)}},
		}
	}
	return op
}

// optional tells whether a body may be left out: nothing in it is required.
func (s *schemas) optional(body any) bool {
	ref, ok := s.of(body)["$ref"].(string)
	if !ok {
		return false
	}
	def, ok := s.defs[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
	return ok && def["required"] == nil
}

func (s *schemas) params(r Route) []any {
	var out []any
	if strings.Contains(r.Path, "{id}") {
		out = append(out, object{
			"name": "id", "in": "path", "required": true, "description": "事件编号", "schema": object{"type": "integer", "minimum": 1},
		})
	}
	for _, name := range pathNames(r.Path) {
		out = append(out, object{
			"name": name, "in": "path", "required": true, "description": name, "schema": object{"type": "string"},
		})
	}
	if r.Keyed {
		out = append(out, object{
			"name": "Idempotency-Key", "in": "header", "description": "同一键的同一操作只办一次", "schema": object{"type": "string", "maxLength": maxKey},
		})
	}
	for _, p := range r.Query {
		out = append(out, object{"name": p.Name, "in": "query", "required": p.Required, "description": p.Text, "schema": s.of(p.Sample)})
	}
	return out
}

// pathNames are a path's parameters beside the incident's number.
func pathNames(path string) []string {
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && name != "id}" {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}
