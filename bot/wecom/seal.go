package wecom

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// refusal says why a call is not the platform's. It is logged; the caller learns nothing.
type refusal struct{ why string }

func (r refusal) Error() string { return r.why }

// window is how far a call's timestamp may lie from now (the platform sets none).
const window = 5 * time.Minute

// open checks a call and decrypts what came with it: the signature in constant time
// first, then its age, then that it is meant for this corporation.
func (c *Channel) open(query url.Values, sealed string) ([]byte, error) {
	stamp, nonce := query.Get("timestamp"), query.Get("nonce")
	want := util.Signature(c.cfg.Token, stamp, nonce, sealed)
	if subtle.ConstantTimeCompare([]byte(want), []byte(query.Get("msg_signature"))) != 1 {
		return nil, refusal{"signature is wrong"}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, refusal{"timestamp cannot be read"}
	}
	if age := c.clock.Now().Sub(time.Unix(seconds, 0)); age > window || age < -window {
		return nil, refusal{"timestamp is stale"}
	}
	_, plain, err := util.DecryptMsg(c.cfg.CorpID, sealed, c.cfg.EncodingAESKey)
	if err != nil {
		return nil, refusal{"message cannot be decrypted"}
	}
	return plain, nil
}

// sealedReply is a passive reply (90238).
type sealedReply struct {
	XMLName   xml.Name `xml:"xml"`
	Encrypt   cdata    `xml:"Encrypt"`
	Signature cdata    `xml:"MsgSignature"`
	TimeStamp string   `xml:"TimeStamp"`
	Nonce     cdata    `xml:"Nonce"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

// seal encrypts and signs a passive reply.
func (c *Channel) seal(plain []byte) ([]byte, error) {
	const size = 16
	lot := make([]byte, size)
	if _, err := rand.Read(lot); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	sealed, err := util.EncryptMsg(lot, plain, c.cfg.CorpID, c.cfg.EncodingAESKey)
	if err != nil {
		return nil, errors.New("reply cannot be encrypted")
	}
	stamp, nonce := strconv.FormatInt(c.clock.Now().Unix(), 10), rand.Text()
	sign := util.Signature(c.cfg.Token, stamp, nonce, string(sealed))
	out, err := xml.Marshal(sealedReply{Encrypt: cdata{string(sealed)}, Signature: cdata{sign}, TimeStamp: stamp, Nonce: cdata{nonce}})
	if err != nil {
		return nil, fmt.Errorf("write reply: %w", err)
	}
	return out, nil
}
