package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"huiying/org"
)

// A code binds an account of another platform to a person: he asks for it where he is
// known, or an administrator does, and he sends it from where he is not known. It is a
// row of its own under its hash, so that it survives a restart, good once and for a while.

const codeLasts = 15 * time.Minute

// code is who may be bound by a code, and until when.
type code struct {
	Person org.PersonID `json:"person"`
	Until  time.Time    `json:"until"`
	Used   bool         `json:"used,omitempty"`
}

var bindWords = regexp.MustCompile(`^/?(?:绑定|bind|start)[\s::]*([a-zA-Z0-9]{8})?$`)

func codeName(code string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(code)))
	return "code " + hex.EncodeToString(sum[:])
}

// GiveCode makes a code for a person that is good once until it ends.
func GiveCode(ctx context.Context, store Store, person org.PersonID, now, until time.Time) (string, error) {
	const chars = 8 // of 32 kinds
	name := strings.ToLower(rand.Text()[:chars])
	state, err := json.Marshal(code{Person: person, Until: until})
	if err != nil {
		return "", fmt.Errorf("encode code: %w", err)
	}
	_, version, err := store.Talk(ctx, codeName(name))
	if err != nil {
		return "", err //nolint:wrapcheck // a fault of the store
	}
	if _, err := store.KeepAnswer(ctx, codeName(name), []byte{}, codeName(name), state, version, now); err != nil {
		return "", err //nolint:wrapcheck // a fault of the store
	}
	return name, nil
}

// bindCode gives a code to somebody who is known.
func (t *turn) bindCode(ctx context.Context) ([]Reply, error) {
	if t.m.Group {
		return one(say("绑定码只能在与我的单独对话里取得。")), nil
	}
	name, err := GiveCode(ctx, t.Store, t.by.Person, t.now, t.now.Add(codeLasts))
	if err != nil {
		return nil, err
	}
	return one(say(fmt.Sprintf("绑定码：%s（15分钟内有效，只能用一次）\n请在要绑定的账号里给我发：绑定 %s", name, name))), nil
}

// bindStranger binds the account of somebody who sends a code that is good.
func (t *turn) bindStranger(ctx context.Context) ([]Reply, bool, error) {
	m := bindWords.FindStringSubmatch(tidy(t.m.Text))
	if m == nil || m[1] == "" || t.m.Group {
		return nil, false, nil
	}
	state, version, err := t.Store.Talk(ctx, codeName(m[1]))
	if err != nil {
		return nil, false, err //nolint:wrapcheck // a fault of the store
	}
	var c code
	if len(state) > 0 {
		if err := json.Unmarshal(state, &c); err != nil {
			return nil, false, fmt.Errorf("decode code: %w", err)
		}
	}
	if c.Person == "" || c.Used || !t.now.Before(c.Until) {
		return one(say("绑定码不对、已用过或已过期，请在已登记的账号上重新发「绑定」取得。")), true, nil
	}
	c.Used = true
	if state, err = json.Marshal(c); err != nil {
		return nil, false, fmt.Errorf("encode code: %w", err)
	}
	kept, err := t.Store.KeepAnswer(ctx, "used "+codeName(m[1]), []byte{}, codeName(m[1]), state, version, t.now)
	if err != nil {
		return nil, false, err //nolint:wrapcheck // a fault of the store
	}
	if !kept {
		return one(say("绑定码已用过，请在已登记的账号上重新发「绑定」取得。")), true, nil
	}
	if err := t.Desk.BindAddress(ctx, c.Person, org.Address{Channel: t.m.Platform, To: t.m.From}); err != nil {
		replies, err := refused(err)
		return replies, true, err
	}
	return one(say("已绑定：" + t.Desk.Directory().PersonName(c.Person) + "。发「帮助」看可以做什么。")), true, nil
}
