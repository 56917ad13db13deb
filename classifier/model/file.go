package model

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// magic begins a model file; the digit is the format's version.
const magic = "huiying-model-1\n"

// Faults of a model file, to be shown with its name.
var (
	ErrNoModel = errors.New("不是 huiying classify train 训练出的模型文件，请核对路径")
	ErrVersion = errors.New("由其他版本的程序训练，请用现在的程序重新训练")
	ErrBroken  = errors.New("模型文件已损坏，请重新训练或从备份取回")
)

// Write writes the model. The same model gives the same bytes.
func (m *Model) Write(w io.Writer) error {
	zw := gzip.NewWriter(w)
	e := &encoder{w: bufio.NewWriter(zw)}
	if _, err := io.WriteString(w, magic); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	about, err := json.Marshal(m.trained)
	if err != nil {
		return fmt.Errorf("encode model: %w", err)
	}
	e.bytes(about)
	e.keys(m.words.keys)
	for _, p := range m.words.logp {
		e.float(p)
	}
	e.float(m.words.unknown)
	e.uint(uint64(m.vocab.docs))
	e.uint(uint64(m.vocab.grams))
	e.keys(m.vocab.keys)
	for i, df := range m.vocab.df {
		e.uint(uint64(df)<<2 | uint64(m.vocab.kinds[i]))
	}
	e.uint(uint64(len(m.heads)))
	for i := range m.heads {
		e.head(&m.heads[i])
	}
	if err := errors.Join(e.err, e.w.Flush(), zw.Close()); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	return nil
}

func (e *encoder) head(h *head) {
	e.bytes([]byte(h.name))
	e.uint(uint64(len(h.classes)))
	for c, name := range h.classes {
		e.bytes([]byte(name))
		e.float(h.scale[c])
		e.float(h.bias[c])
	}
	e.float(h.trust.sharpness)
	e.float(h.trust.chance)
	for _, w := range h.weights {
		e.byte(byte(w))
	}
}

// Read reads a model. What is not one, or was cut or changed, is refused.
func Read(r io.Reader) (*Model, error) {
	br := bufio.NewReader(r)
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(br, head); err != nil || !bytes.HasPrefix(head, []byte(magic[:14])) {
		return nil, ErrNoModel
	}
	if string(head) != magic {
		return nil, ErrVersion
	}
	zr, err := gzip.NewReader(br)
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	d := &decoder{r: bufio.NewReader(io.LimitReader(zr, maxSize))}
	m := d.model()
	if d.err == nil {
		_, err := d.r.ReadByte() // reads on to the checksum, which gzip compares
		if !errors.Is(err, io.EOF) {
			d.fail()
		}
	}
	if d.err != nil {
		return nil, d.err
	}
	m.words.ready()
	m.vocab.ready()
	return m, nil
}

// maxSize bounds what a file may unfold to.
const maxSize = 1 << 30

func (d *decoder) model() *Model {
	m := &Model{}
	if err := json.Unmarshal(d.bytes(), &m.trained); err != nil {
		d.fail()
	}
	m.words.keys = d.keys()
	m.words.logp = grow[float32](len(m.words.keys))
	for range m.words.keys {
		m.words.logp = append(m.words.logp, d.float())
	}
	m.words.unknown = d.float()
	m.vocab.docs = d.count(math.MaxInt32)
	m.vocab.grams = d.count(gramsInRun)
	m.vocab.keys = d.keys()
	for range m.vocab.keys {
		n := d.uint()
		if n>>2 > uint64(m.vocab.docs) || kind(n&3) > kindChars {
			d.fail()
		}
		if d.err != nil {
			return nil
		}
		m.vocab.df = append(m.vocab.df, int32(n>>2))
		m.vocab.kinds = append(m.vocab.kinds, kind(n&3))
	}
	for range d.count(16) {
		m.heads = append(m.heads, d.head(len(m.vocab.keys)))
		if d.err != nil {
			return nil
		}
	}
	if len(m.heads) == 0 {
		d.fail()
	}
	return m
}

// maxClasses bounds the classes of a head.
const maxClasses = 4096

func (d *decoder) head(features int) head {
	h := head{name: string(d.bytes())}
	n := d.count(maxClasses)
	for range n {
		h.classes = append(h.classes, string(d.bytes()))
		h.scale = append(h.scale, d.float())
		h.bias = append(h.bias, d.float())
		if d.err != nil {
			return h
		}
	}
	h.trust = trust{d.float(), d.float()}
	if n == 0 || h.trust.sharpness <= 0 || h.trust.chance < 0 || h.trust.chance > 1 {
		d.fail()
	}
	if d.err != nil {
		return h
	}
	h.weights = make([]int8, 0, min(features*n, 1<<24))
	var row [512]byte
	for left := features * n; left > 0; {
		part := row[:min(left, len(row))]
		if _, err := io.ReadFull(d.r, part); err != nil {
			d.fail()
			return h
		}
		for _, b := range part {
			h.weights = append(h.weights, int8(b))
		}
		left -= len(part)
	}
	return h
}

// encoder writes numbers and keeps the first fault.
type encoder struct {
	w   *bufio.Writer
	err error
}

func (e *encoder) byte(b byte) {
	if e.err == nil {
		e.err = e.w.WriteByte(b)
	}
}

func (e *encoder) uint(n uint64) {
	var buf [binary.MaxVarintLen64]byte
	for _, b := range buf[:binary.PutUvarint(buf[:], n)] {
		e.byte(b)
	}
}

func (e *encoder) float(f float32) {
	var buf [4]byte
	binary.LittleEndian.PutUint32(buf[:], math.Float32bits(f))
	for _, b := range buf {
		e.byte(b)
	}
}

func (e *encoder) bytes(b []byte) {
	e.uint(uint64(len(b)))
	for _, c := range b {
		e.byte(c)
	}
}

// keys writes sorted keys by how far each is from the one before.
func (e *encoder) keys(list []key) {
	e.uint(uint64(len(list)))
	last := key(0)
	for _, k := range list {
		e.uint(uint64(k - last))
		last = k
	}
}

// decoder reads what encoder wrote; after the first fault everything is zero.
type decoder struct {
	r   *bufio.Reader
	err error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = ErrBroken
	}
}

func (d *decoder) uint() uint64 {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d.r)
	if err != nil {
		d.fail()
		return 0
	}
	return n
}

// count reads a number that is at most limit.
func (d *decoder) count(limit int) int {
	n := d.uint()
	if n > uint64(limit) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) float() float32 {
	var buf [4]byte
	if d.err != nil {
		return 0
	}
	if _, err := io.ReadFull(d.r, buf[:]); err != nil {
		d.fail()
		return 0
	}
	f := math.Float32frombits(binary.LittleEndian.Uint32(buf[:]))
	if f != f || f > math.MaxFloat32 || f < -math.MaxFloat32 { // not a number, or without end
		d.fail()
	}
	return f
}

// maxBytes bounds a string of a model file.
const maxBytes = 1 << 20

func (d *decoder) bytes() []byte {
	n := d.count(maxBytes)
	b := make([]byte, n)
	if d.err != nil {
		return nil
	}
	if _, err := io.ReadFull(d.r, b); err != nil {
		d.fail()
		return nil
	}
	return b
}

// maxKeys bounds the features and words of a model.
const maxKeys = 1 << 24

func (d *decoder) keys() []key {
	n := d.count(maxKeys)
	list := grow[key](n)
	last := uint64(0)
	for range n {
		last += d.uint()
		if d.err != nil || last >= 1<<keyBits {
			d.fail()
			return nil
		}
		list = append(list, key(last))
	}
	return list
}

// grow makes an empty list; a length that only a broken file claims costs nothing.
func grow[T any](n int) []T { return make([]T, 0, min(n, 1<<16)) }
