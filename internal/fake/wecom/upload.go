package wecom

import (
	"bytes"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"
)

// UploadPath is where files are put up.
const UploadPath = "/cgi-bin/media/upload"

// Upload is a file that the application put up.
type Upload struct {
	ID, Type, Name, Media string
	Body                  []byte
	At                    time.Time
}

type mediaRef struct {
	MediaID string `json:"media_id"`
}

const (
	uploadLife  = 3 * 24 * time.Hour
	maxPicture  = 10 << 20
	maxDocument = 20 << 20
)

func (s *Server) upload(r *http.Request, body []byte) reply {
	if bad := s.checkToken(r); bad != nil {
		return bad
	}
	u := Upload{Type: r.URL.Query().Get("type"), At: s.clock.Now()}
	most := map[string]int{"image": maxPicture, "file": maxDocument}[u.Type]
	if most == 0 {
		return refuse(40004, "invalid media type")
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return refuse(41005, "missing media data")
	}
	part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil || part.FormName() != "media" || part.FileName() == "" {
		return refuse(41005, "missing media data")
	}
	u.Name, u.Media = part.FileName(), part.Header.Get("Content-Type")
	if u.Body, err = io.ReadAll(part); err != nil {
		return refuse(41005, "missing media data")
	}
	switch {
	case len(u.Body) <= 5:
		return refuse(40006, "invalid media size")
	case len(u.Body) > most:
		return refuse(45001, "media file is too large")
	}
	if u.Type == "image" {
		if _, err := png.Decode(bytes.NewReader(u.Body)); err != nil {
			return refuse(40005, "invalid file type")
		}
	}
	s.serial++
	u.ID = "upload-" + strconv.Itoa(s.serial)
	s.uploads[u.ID] = u
	return reply{"type": u.Type, "media_id": u.ID, "created_at": strconv.FormatInt(u.At.Unix(), 10)}
}

func (s *Server) readFile(m Message, req request) (Message, reply) {
	ref := req.File
	if req.MsgType == "image" {
		ref = req.Image
	}
	if ref == nil || ref.MediaID == "" {
		return m, refuse(44001, "empty media data")
	}
	u, ok := s.uploads[ref.MediaID]
	if !ok || u.Type != req.MsgType || s.clock.Now().Sub(u.At) > uploadLife {
		return m, refuse(40007, "invalid media_id")
	}
	m.File, m.Text = &u, "["+req.MsgType+" "+u.Name+"]"
	return m, nil
}

// Forget drops everything that was put up, as the platform does after three days.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads = map[string]Upload{}
}
