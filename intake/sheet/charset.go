package sheet

import (
	"bufio"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is how a text file is encoded; a byte-order mark overrides it.
type charset struct{ encoding encoding.Encoding }

func (c charset) reader(r io.Reader) io.Reader {
	return transform.NewReader(r, unicode.BOMOverride(c.encoding.NewDecoder()))
}

// wellFormed is how many well-formed characters beyond ASCII a text must have for each
// broken one to be UTF-8 with a few characters cut, rather than GB18030.
const wellFormed = 10

// charsetOf looks at the whole file: an export may have its first Chinese character late.
// UTF-8 and UTF-16 are known by their marks, UTF-8 also by its form; else it is GB18030,
// which holds GBK and GB2312.
func charsetOf(f *os.File) (charset, error) {
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, maxSpooled), 64<<10)
	good, broken := 0, 0
	for {
		window, err := r.Peek(64 << 10)
		if err != nil && !errors.Is(err, io.EOF) {
			return charset{}, refuseFor(err, "文件读到一半读不下去，请核对文件是否完好。")
		}
		if len(window) == 0 {
			break
		}
		g, b, n := countRunes(window, err != nil)
		good, broken = good+g, broken+b
		if _, err := r.Discard(n); err != nil {
			return charset{}, refuseFor(err, "文件读到一半读不下去，请核对文件是否完好。")
		}
	}
	if broken == 0 || good > wellFormed*broken {
		return charset{unicode.UTF8}, nil
	}
	return charset{simplifiedchinese.GB18030}, nil
}

// countRunes counts well-formed characters beyond ASCII, and bytes that are none; n is
// how much was looked at, less than all where the last character may go on.
func countRunes(window []byte, last bool) (good, broken, n int) {
	for n < len(window) {
		if window[n] < utf8.RuneSelf {
			n++
			continue
		}
		if !last && !utf8.FullRune(window[n:]) {
			return good, broken, n
		}
		r, size := utf8.DecodeRune(window[n:])
		if r == utf8.RuneError && size == 1 {
			broken++
		} else {
			good++
		}
		n += size
	}
	return good, broken, n
}
