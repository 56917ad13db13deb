package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
	"huiying/incident"
	"huiying/notify"
)

// Chat is the talking side: lines in, replies out. Buttons are numbered; a number taps.
type Chat struct {
	Listener bot.Listener
	Clock    clockwork.Clock
	In       io.Reader
	Out      io.Writer
	// From is who sits at the terminal, by his address on the console or his person's id.
	From string
	// Session begins the ids of messages; no two runs may have the same.
	Session string
	// Prompt stands before each line; empty for none.
	Prompt string

	n       int
	buttons []button
}

// button is one that can be tapped by its number.
type button struct {
	key, card string
}

// maxLine bounds a line, in bytes.
const maxLine = 1 << 20

// Run talks until the input ends, somebody says 退出, or ctx is cancelled.
func (c *Chat) Run(ctx context.Context) error {
	lines := make(chan string)
	failed := make(chan error, 1)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(c.In)
		s.Buffer(make([]byte, 4096), maxLine)
		for s.Scan() {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- s.Err()
	}()
	for {
		if err := c.print(c.Prompt); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			if !more {
				return c.ended(failed)
			}
			if slices.Contains([]string{"退出", "exit", "quit"}, strings.TrimSpace(line)) {
				return nil
			}
			if err := c.Say(ctx, line); err != nil {
				return err
			}
		}
	}
}

func (c *Chat) ended(failed <-chan error) error {
	select {
	case err := <-failed:
		if errors.Is(err, bufio.ErrTooLong) {
			return &incident.Error{Code: incident.CodeInvalid, Text: "这一行太长，请分成几行，或写进文件后用“/file 路径”发送。", Err: err}
		}
		if err != nil {
			return fmt.Errorf("read line: %w", err)
		}
	default:
	}
	return nil
}

// Say sends one line and prints what is answered.
func (c *Chat) Say(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	c.n++
	m := bot.Message{
		ID: fmt.Sprintf("%s-%d", c.Session, c.n), Platform: "console", From: c.From, Chat: c.From, At: c.Clock.Now(), Text: line,
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(c.buttons) {
		m.Text, m.Tap = "", &bot.Tap{Key: c.buttons[n-1].key, Card: c.buttons[n-1].card}
	} else if path, ok := cutCommand(line, "/file", "/文件"); ok {
		file, err := open(path)
		if err != nil {
			return c.print(incident.Text(err) + "\n\n")
		}
		m.Text, m.Files = "", []bot.File{file}
	}
	replies, err := c.Listener.Hear(ctx, m)
	if err != nil {
		return fmt.Errorf("hear: %w", err)
	}
	return c.print(c.render(replies))
}

func cutCommand(line string, words ...string) (string, bool) {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(line, w+" "); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// open makes a file of this machine one that came along.
func open(path string) (bot.File, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return bot.File{}, &incident.Error{Code: incident.CodeInvalid, Text: "打不开文件 " + path + "，请核对路径。", Err: err}
	}
	return bot.File{Name: filepath.Base(path), Open: func(context.Context) (io.ReadCloser, error) {
		f, err := os.Open(path) //nolint:gosec // the person at the terminal names it
		if err != nil {
			return nil, fmt.Errorf("open file: %w", err)
		}
		return f, nil
	}}, nil
}

// render is what a terminal shows of replies, with their buttons numbered.
func (c *Chat) render(replies []bot.Reply) string {
	var b strings.Builder
	var buttons []button
	for i, r := range replies {
		if r.Title != "" {
			b.WriteString("■ " + r.Title + "\n")
		}
		for _, f := range r.Fields {
			b.WriteString("  " + f.Name + "：" + f.Value + "\n")
		}
		if r.Text != "" {
			b.WriteString("  " + strings.ReplaceAll(r.Text, "\n", "\n  ") + "\n")
		}
		for _, row := range r.Buttons {
			b.WriteString(" ")
			for _, one := range row {
				buttons = append(buttons, button{one.Key, fmt.Sprintf("%s-%d-%d", c.Session, c.n, i)})
				fmt.Fprintf(&b, " [%d]%s", len(buttons), one.Text)
			}
			b.WriteString("\n")
		}
		if r.URL != "" {
			b.WriteString("  " + r.URL + "\n")
		}
	}
	c.buttons = buttons
	return notify.Clean(b.String()) + "\n"
}

func (c *Chat) print(text string) error {
	if _, err := io.WriteString(c.Out, text); err != nil {
		return fmt.Errorf("write to terminal: %w", err)
	}
	return nil
}
