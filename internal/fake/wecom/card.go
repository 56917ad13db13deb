package wecom

import (
	"net/url"
	"regexp"
)

const (
	maxLines   = 6
	maxJumps   = 3
	maxButtons = 6
	maxMenu    = 3
	maxTaskID  = 128  // bytes
	maxKey     = 1024 // bytes
	maxURL     = 2048 // bytes
)

func (c Card) interactive() bool { return c.CardType == "button_interaction" || c.Menu != nil }

// checkCard refuses what the platform refuses, with its codes.
func checkCard(c Card) reply {
	switch {
	case c.CardType != "text_notice" && c.CardType != "button_interaction":
		return refuse(40008, "invalid card_type")
	case (c.MainTitle == nil || c.MainTitle.Title == "") && c.SubTitle == "":
		return refuse(40058, "main_title.title and sub_title_text are both empty")
	case c.interactive() && c.TaskID == "":
		return refuse(42014, "task_id missing")
	case c.TaskID != "" && !validTaskID(c.TaskID):
		return refuse(42014, "invalid task_id")
	case c.CardType == "text_notice" && c.Action == nil:
		return refuse(42045, "card_action missing")
	case c.Action != nil && (c.Action.Type != 1 || !validURL(c.Action.URL)):
		return refuse(42045, "invalid card_action")
	case len(c.Jumps) > maxJumps:
		return refuse(42042, "jump_list too long")
	case c.CardType == "text_notice" && len(c.Buttons) > 0:
		return refuse(40058, "text_notice has no button_list")
	}
	if c.Menu != nil && (len(c.Menu.Actions) < 1 || len(c.Menu.Actions) > maxMenu) {
		return refuse(42051, "action_menu must have 1 to 3 entries")
	}
	for _, j := range c.Jumps {
		if j.Title == "" || j.Type == 1 && !validURL(j.URL) {
			return refuse(42042, "invalid jump_list")
		}
	}
	if bad := checkLines(c.Lines); bad != nil {
		return bad
	}
	if c.CardType == "button_interaction" {
		return checkButtons(c.Buttons)
	}
	return nil
}

func checkLines(lines []Line) reply {
	if len(lines) > maxLines {
		return refuse(42035, "horizontal_content_list too long")
	}
	for _, l := range lines {
		switch {
		case l.KeyName == "":
			return refuse(42027, "keyname missing")
		case l.Type < 0 || l.Type > 3:
			return refuse(42031, "invalid type")
		case l.Type == 1 && !validURL(l.URL):
			return refuse(42028, "invalid url")
		}
	}
	return nil
}

func checkButtons(buttons []Button) reply {
	if len(buttons) < 1 || len(buttons) > maxButtons {
		return refuse(42038, "button_list must have 1 to 6 buttons")
	}
	keys := map[string]bool{}
	for _, b := range buttons {
		switch {
		case b.Text == "":
			return refuse(42038, "button text missing")
		case b.Style < 0 || b.Style > 4:
			return refuse(42038, "invalid button style")
		case b.Key == "" || len(b.Key) > maxKey || keys[b.Key]:
			return refuse(42039, "button key missing, too long or used twice")
		}
		keys[b.Key] = true
	}
	return nil
}

func validTaskID(id string) bool {
	return len(id) <= maxTaskID && regexp.MustCompile(`^[0-9A-Za-z_\-@]+$`).MatchString(id)
}

func validURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
