package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// followed makes a request to a chat, and makes it again where a group has become a
// supergroup: the platform's refusal says its new id (migrate_to_chat_id). The id is
// remembered until the next start, when the first refusal says it again.
func (c *Channel) followed(ctx context.Context, method string, params tgbotapi.Params) (json.RawMessage, error) {
	return c.following(params, func(p tgbotapi.Params) (json.RawMessage, error) { return c.request(ctx, method, p) })
}

// following is followed for any request.
func (c *Channel) following(params tgbotapi.Params, request func(tgbotapi.Params) (json.RawMessage, error)) (json.RawMessage, error) {
	old := params["chat_id"]
	if now := c.movedTo(old); now != "" {
		params = maps.Clone(params)
		params["chat_id"] = now
	}
	result, err := request(params)
	refused, ok := errors.AsType[*tgbotapi.Error](err)
	if !ok || refused.MigrateToChatID == 0 || itoa(refused.MigrateToChatID) == params["chat_id"] {
		return result, err
	}
	c.mu.Lock()
	c.moved[old] = itoa(refused.MigrateToChatID)
	c.mu.Unlock()
	c.log.Info("group became a supergroup", "channel", c.Name())
	params = maps.Clone(params)
	params["chat_id"] = itoa(refused.MigrateToChatID)
	return request(params)
}

func (c *Channel) movedTo(chat string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved[chat]
}
