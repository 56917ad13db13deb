package wecom

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // the platform's own signature
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
)

// Caller is the platform as it calls the application: it encrypts and signs each
// message, and sends it three times in all when it is not acknowledged.
type Caller struct {
	URL    string // the application's callback address
	CorpID string
	Token  string
	AESKey string // EncodingAESKey, 43 characters
	Client *http.Client
	Clock  clockwork.Clock
}

// Answer is what the application said to a call.
type Answer struct {
	Status int
	// Body is the answer as it came; Plain is a passive reply, decrypted, empty for none.
	Body, Plain string
}

// attempts is how often the platform sends what is not acknowledged.
const attempts = 3

// Post sends one message until it is acknowledged.
func (c Caller) Post(ctx context.Context, plain string) (Answer, error) {
	var a Answer
	var err error
	for range attempts {
		if a, err = c.Once(ctx, plain); err == nil && a.Status == http.StatusOK {
			return a, nil
		}
	}
	return a, err
}

// Once sends one message once.
func (c Caller) Once(ctx context.Context, plain string) (Answer, error) {
	sealed, err := c.Seal(plain)
	if err != nil {
		return Answer{}, err
	}
	return c.Raw(ctx, c.Query(sealed, c.Clock.Now()), Envelope(c.CorpID, sealed))
}

// Envelope is the body of a call.
func Envelope(corpID, sealed string) string {
	return "<xml><ToUserName><![CDATA[" + corpID + "]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

// Raw posts a body with a query as they are.
func (c Caller) Raw(ctx context.Context, query url.Values, body string) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"?"+query.Encode(), strings.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("make call: %w", err)
	}
	return c.do(r)
}

// Echo checks the application's address, as saving it in the console does, and returns
// what the application read out of echostr.
func (c Caller) Echo(ctx context.Context, text string) (Answer, error) {
	sealed, err := c.Seal(text)
	if err != nil {
		return Answer{}, err
	}
	query := c.Query(sealed, c.Clock.Now())
	query.Set("echostr", sealed)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return Answer{}, fmt.Errorf("make call: %w", err)
	}
	return c.do(r)
}

func (c Caller) do(r *http.Request) (Answer, error) {
	resp, err := c.Client.Do(r) //nolint:gosec // the address is the test's
	if err != nil {
		return Answer{}, fmt.Errorf("call: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("read answer: %w", err)
	}
	a := Answer{Status: resp.StatusCode, Body: string(body)}
	if r.Method != http.MethodPost || resp.StatusCode != http.StatusOK || len(body) == 0 {
		return a, nil
	}
	var passive struct {
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal(body, &passive); err != nil {
		return a, fmt.Errorf("passive reply: %w", err)
	}
	if c.sign(passive.TimeStamp, passive.Nonce, passive.Encrypt) != passive.MsgSignature {
		return a, errors.New("passive reply: signature is wrong")
	}
	a.Plain, err = c.open(passive.Encrypt)
	return a, err
}

// Query is what stands in the address of a call.
func (c Caller) Query(sealed string, at time.Time) url.Values {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), "n-"+strconv.FormatInt(at.UnixNano(), 36)
	return url.Values{"msg_signature": {c.sign(stamp, nonce, sealed)}, "timestamp": {stamp}, "nonce": {nonce}}
}

func (c Caller) sign(parts ...string) string {
	all := append([]string{c.Token}, parts...)
	slices.Sort(all)
	sum := sha1.Sum([]byte(strings.Join(all, ""))) //nolint:gosec // the platform's own
	return hex.EncodeToString(sum[:])
}

const padTo = 32

func (c Caller) key() ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(c.AESKey + "=")
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return key, nil
}

// Seal encrypts a text for the application (91144).
func (c Caller) Seal(plain string) (string, error) {
	key, err := c.key()
	if err != nil {
		return "", err
	}
	text := bytes.Repeat([]byte("r"), aes.BlockSize)
	text = binary.BigEndian.AppendUint32(text, uint32(len(plain))) //nolint:gosec // a test's message
	text = append(append(text, plain...), c.CorpID...)
	pad := padTo - len(text)%padTo
	text = append(text, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("make cipher: %w", err)
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text), nil
}

func (c Caller) open(sealed string) (string, error) {
	key, err := c.key()
	if err != nil {
		return "", err
	}
	text, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(text)%padTo != 0 || len(text) == 0 {
		return "", errors.New("passive reply: not a sealed text")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("make cipher: %w", err)
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	text = text[:len(text)-int(text[len(text)-1])]
	const head = aes.BlockSize + 4
	n := int(binary.BigEndian.Uint32(text[aes.BlockSize:head]))
	if string(text[head+n:]) != c.CorpID {
		return "", errors.New("passive reply: for another corporation")
	}
	return string(text[head : head+n]), nil
}
