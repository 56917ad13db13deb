package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Start lets the bot write to a person, as his /start does, without a message.
func (s *Server) Start(user int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[user] = &chat{started: true}
}

// Block puts the bot out of a person's chats.
func (s *Server) Block(user int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[user] = &chat{blocked: true}
}

// Group makes a group chat that the bot is in.
func (s *Server) Group(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[id] = &chat{started: true, group: true}
}

// Move makes a supergroup of a group.
func (s *Server) Move(from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[from].moved = to
	s.chats[to] = &chat{started: true, group: true}
}

// Say is a text that a person writes into a chat: his own id for the private one.
// It returns the update as it will be handed over.
func (s *Server) Say(user, in int64, text string) json.RawMessage {
	return s.message(user, in, map[string]any{"text": text})
}

// Photo is a picture with a caption.
func (s *Server) Photo(user, in int64, picture []byte, caption string) json.RawMessage {
	s.mu.Lock()
	id := "file" + strconv.Itoa(len(s.files)+1)
	s.files[id] = picture
	s.mu.Unlock()
	return s.message(user, in, map[string]any{"caption": caption, "photo": []map[string]any{
		{"file_id": "thumbnail", "width": 90}, {"file_id": id, "width": 1280},
	}})
}

func (s *Server) message(user, in int64, what map[string]any) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user == in && s.chats[in] == nil {
		s.chats[in] = &chat{started: true}
	}
	s.serial++
	what["message_id"], what["date"] = s.serial, s.clock.Now().Unix()
	what["chat"], what["from"] = s.wireChat(in), map[string]any{"id": user, "first_name": "人"}
	return s.arrive(map[string]any{"message": what})
}

// Tap taps a button of a message; false when the message has none with that data.
func (s *Server) Tap(user, in, id int64, data string) (json.RawMessage, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(in, id)
	if m == nil || !m.has(data) {
		return nil, false
	}
	s.serial++
	query := "q" + strconv.FormatInt(s.serial, 10)
	s.queries[query] = &Query{At: s.clock.Now()}
	return s.arrive(map[string]any{"callback_query": map[string]any{
		"id": query, "from": map[string]any{"id": user, "first_name": "人"}, "message": s.wire(*m), "data": data,
	}}), true
}

func (m *Message) has(data string) bool {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Data == data {
				return true
			}
		}
	}
	return false
}

func (s *Server) arrive(u map[string]any) json.RawMessage {
	s.serial++
	u["update_id"] = s.serial
	raw, err := json.Marshal(u)
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	s.updates = append(s.updates, update{s.serial, raw})
	close(s.arrived)
	s.arrived = make(chan struct{})
	return raw
}

// Deliver calls the webhook with an update, as the platform does, and returns the status.
func (s *Server) Deliver(ctx context.Context, client *http.Client, addr string, u json.RawMessage) (int, error) {
	_, secret := s.Webhook()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, bytes.NewReader(u))
	if err != nil {
		return 0, fmt.Errorf("make call: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("call: %w", err)
	}
	return resp.StatusCode, resp.Body.Close() //nolint:wrapcheck // of a test
}
