package wecom

import (
	"net/http"
	"slices"
	"strconv"
)

// menuItem is a button of the application's menu (90231).
type menuItem struct {
	Type string     `json:"type"`
	Name string     `json:"name"`
	Key  string     `json:"key"`
	URL  string     `json:"url"`
	Sub  []menuItem `json:"sub_button"`
}

func (s *Server) createMenu(r *http.Request, body []byte) reply {
	if bad := s.checkToken(r); bad != nil {
		return bad
	}
	var req struct {
		Button []menuItem `json:"button"`
	}
	if err := strict(body, &req); err != nil {
		return refuse(40035, "invalid parameter, Warning: wrong json format. "+err.Error())
	}
	if r.URL.Query().Get("agentid") != strconv.Itoa(s.options.AgentID) {
		return refuse(40056, "invalid agentid")
	}
	const most, mostSub = 3, 5
	if len(req.Button) < 1 || len(req.Button) > most {
		return refuse(40017, "invalid button size")
	}
	var keys []string
	for _, b := range req.Button {
		items := b.Sub
		if len(items) == 0 {
			items = []menuItem{b}
		}
		if len(items) > mostSub || !fits(b.Name, 16) {
			return refuse(40018, "invalid button name size")
		}
		for _, i := range items {
			if i.Type != "click" || !fits(i.Name, 40) || !fits(i.Key, 128) || len(i.Sub) > 0 {
				return refuse(40018, "invalid button")
			}
			keys = append(keys, i.Key)
		}
	}
	s.menu = keys
	return reply{}
}

func fits(s string, bytes int) bool { return s != "" && len(s) <= bytes }

// Menu returns the keys of the application's menu, in order.
func (s *Server) Menu() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.menu)
}
