package render

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/flopp/go-findfont"
	"github.com/hajimehoshi/bitmapfont/v4"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face writes Chinese on a picture. Sizes are heights in pixels.
type Face interface {
	// Width of a text in pixels.
	Width(text string, size int) int
	// Write puts a text with its upper left corner at x, y.
	Write(img draw.Image, x, y int, text string, size int, c color.Color)
}

// BuiltIn is the face that every machine has, since the program carries it: dots of
// Ark Pixel and its kin (OFL), enlarged. It knows every character of GBK.
func BuiltIn() Face { return dots{bitmapfont.FaceSC} }

// SystemFace is an outline face that the machine has installed, or that is named by its
// file; with none installed it is [BuiltIn].
func SystemFace(file string) (Face, error) {
	if file != "" {
		return openFace(file)
	}
	for _, installed := range preferred(findfont.List()) {
		if f, err := openFace(installed); err == nil {
			return f, nil
		}
	}
	return BuiltIn(), nil
}

// preferred are the files of fonts that have Chinese, the best first.
func preferred(files []string) []string {
	var out []string
	for _, want := range []string{
		"notosanscjk-regular", "notosanssc-regular", "notosanscjksc-regular", "sourcehansanscn-regular", "sourcehansanssc-regular",
		"msyh", "pingfang", "wqy-microhei", "wqy-zenhei", "droidsansfallback", "simhei",
	} {
		for _, f := range files {
			if strings.HasPrefix(strings.ToLower(filepath.Base(f)), want) {
				out = append(out, f)
			}
		}
	}
	return out
}

// outline is a font of curves.
type outline struct {
	font  *sfnt.Font
	faces map[int]font.Face
}

func openFace(file string) (Face, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // a font of the machine, or named by its administrator
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("没有字体文件 %s，请核对路径", file)
	}
	if err != nil {
		return nil, fmt.Errorf("字体文件 %s 读不了：%w", file, err)
	}
	fonts, err := opentype.ParseCollection(raw)
	if err != nil {
		return nil, fmt.Errorf("字体文件 %s 读不懂：%w", file, err)
	}
	f, err := simplified(fonts)
	if err != nil {
		return nil, fmt.Errorf("字体文件 %s：%w", file, err)
	}
	return &outline{font: f, faces: map[int]font.Face{}}, nil
}

var errNotChinese = errors.New("没有简体中文字形")

// simplified picks the font of a collection that draws characters as the mainland writes them.
func simplified(fonts *opentype.Collection) (*sfnt.Font, error) {
	var best *sfnt.Font
	for i := range fonts.NumFonts() {
		f, err := fonts.Font(i)
		if err != nil {
			return nil, fmt.Errorf("读不懂：%w", err)
		}
		var buf sfnt.Buffer
		if g, err := f.GlyphIndex(&buf, '舆'); err != nil || g == 0 {
			continue
		}
		name, err := f.Name(&buf, sfnt.NameIDFull)
		if best == nil || (err == nil && strings.Contains(name, " SC") && !strings.Contains(name, "Mono")) {
			best = f
		}
		if err == nil && strings.Contains(name, " SC") && !strings.Contains(name, "Mono") {
			break
		}
	}
	if best == nil {
		return nil, errNotChinese
	}
	return best, nil
}

// face of a size, whose glyphs' em is a little smaller than the line.
func (o *outline) face(size int) font.Face {
	f := o.faces[size]
	if f == nil {
		var err error
		f, err = opentype.NewFace(o.font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return bitmapfont.FaceSC // unreachable: the options are sound
		}
		o.faces[size] = f
	}
	return f
}

func (o *outline) Width(text string, size int) int {
	return font.MeasureString(o.face(size), text).Ceil()
}

func (o *outline) Write(img draw.Image, x, y int, text string, size int, c color.Color) {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: o.face(size), Dot: fixed.P(x, y+size*7/8)}
	d.DrawString(text)
}

// dots is a face of 12 by 16 dots a character, enlarged by whole numbers.
type dots struct{ font.Face }

const dotHeight = 13 // of the glyphs themselves

func (d dots) zoom(size int) int { return max(1, size/12) }

func (d dots) Width(text string, size int) int {
	return font.MeasureString(d.Face, text).Ceil() * d.zoom(size)
}

func (d dots) Write(img draw.Image, x, y int, text string, size int, c color.Color) {
	zoom := d.zoom(size)
	width := font.MeasureString(d.Face, text).Ceil()
	small := image.NewAlpha(image.Rect(0, 0, width, dotHeight+3))
	drawer := font.Drawer{Dst: small, Src: image.Opaque, Face: d.Face, Dot: fixed.P(0, dotHeight-1)}
	drawer.DrawString(text)
	ink := image.NewUniform(c)
	for dy := range small.Rect.Dy() {
		for dx := range width {
			if small.AlphaAt(dx, dy).A > 0 {
				draw.Draw(img, image.Rect(x+dx*zoom, y+dy*zoom, x+(dx+1)*zoom, y+(dy+1)*zoom), ink, image.Point{}, draw.Over)
			}
		}
	}
}
