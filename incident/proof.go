package incident

import (
	"fmt"
	"slices"
	"time"
)

// Proof is pictures and files that came with a command, such as photographs before and
// after (facts/standards.md 3, 处置).
type Proof struct {
	At    time.Time    `json:"at"`
	Kind  Kind         `json:"kind"`
	Name  string       `json:"name"` // who gave them
	Files []Attachment `json:"files"`
}

// maxProof bounds the files of one command.
const maxProof = 20

// Proves tells whether a command of that kind takes pictures and files.
func (k Kind) Proves() bool {
	return slices.Contains([]Kind{KindProgress, KindConclude, KindFeedback, KindFirstReport, KindOpinion}, k)
}

// prove keeps what came with a command and says so in the log.
func (t *turn) prove(kind Kind, files []Attachment) error {
	if len(files) == 0 {
		return nil
	}
	if len(files) > maxProof {
		return invalid("files", fmt.Sprintf("一次最多%d个附件。", maxProof))
	}
	t.c.Proofs = append(t.c.Proofs, Proof{At: t.now, Kind: kind, Name: t.by.Name, Files: files})
	t.text += fmt.Sprintf("（附件%d个）", len(files))
	return nil
}
