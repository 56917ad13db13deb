package bottest

import (
	"testing"
	"time"

	"huiying/bot"
)

// Phone is one person's end of a platform.
type Phone interface {
	// Say writes a text. It returns when everything that is answered at once is shown.
	Say(text string)
	// Send sends a picture.
	Send(picture []byte)
	// Enter opens the talk without a word.
	Enter()
	// Tap taps the button of that text on the newest message that has it.
	Tap(button string)
	// Repeat makes the platform hand over the last message or tap once more.
	Repeat()
	// Shown is what stands on the screen, in order; changed messages as they are now.
	Shown() []Shown
}

// Shown is one message on a screen.
type Shown struct {
	// Text is what is read, Buttons what can be tapped.
	Text    string
	Buttons []string
}

// World is a platform with a house that listens.
type World struct {
	// Phone is that of a person; To is the user id by which the listener knows him.
	Phone func(person string) Phone
	// Restart kills the house and starts it on what it has written down.
	Restart func()
	// Die leaves the house able to receive, and nothing more, until it is started again;
	// nil where what is said is heard at once or not at all.
	Die func()
	// Down makes the platform fail everything that the house asks of it; Up ends that.
	// Nil where there is nothing to fail.
	Down, Up func()
	// Pass lets time go by and does what is due then.
	Pass func(d time.Duration)
	// Enters: a talk can be opened without a word.
	Enters bool
	// Once tells that a repeated message is known by its id; a console repeats nothing.
	Once bool
	// Pictures: files can be sent.
	Pictures bool
	// Changes: messages can be changed after they were sent.
	Changes bool
	// MaxText is the longest text of one message in the units of Size; 0 for none.
	MaxText int
	Size    func(string) int
}

// Open makes a platform whose house listens with l; nothing was said yet.
type Open func(t *testing.T, l bot.Listener) World
