package render

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strconv"

	"huiying/report"
)

// The picture's measures in pixels: 1,080 wide is what telephones show without scaling.
const (
	width  = 1080
	margin = 48
	inner  = width - 2*margin

	tileHeight = 210
	tileGap    = 20
	tilesInRow = 3
	barHeight  = 40
	barStep    = 60
	lineStep   = 124
)

// The picture's colours: few, with contrast enough for sunlight.
//
//nolint:gochecknoglobals // constants that Go cannot write as such; never written
var (
	paper  = color.RGBA{0xF4, 0xF6, 0xF9, 0xFF}
	white  = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	ink    = color.RGBA{0x1B, 0x24, 0x30, 0xFF}
	grey   = color.RGBA{0x5B, 0x66, 0x73, 0xFF}
	blue   = color.RGBA{0x1F, 0x4E, 0x9E, 0xFF}
	red    = color.RGBA{0xB4, 0x23, 0x18, 0xFF}
	rose   = color.RGBA{0xE5, 0x9A, 0x94, 0xFF}
	border = color.RGBA{0xD5, 0xDB, 0xE3, 0xFF}
)

// PNG draws a poster for a telephone, as high as it needs to be.
func PNG(w io.Writer, p report.Poster, face Face) error {
	c := &canvas{face: face}
	c.poster(p) // once to measure, once to draw
	c.img = image.NewRGBA(image.Rect(0, 0, width, c.y))
	c.y = 0
	c.poster(p)
	if err := png.Encode(w, c.img); err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	return nil
}

// canvas draws downwards; without an image it only measures.
type canvas struct {
	img  *image.RGBA
	face Face
	y    int
}

func (c *canvas) fill(x, y, w, h int, with color.Color) {
	if c.img != nil {
		draw.Draw(c.img, image.Rect(x, y, x+w, y+h), image.NewUniform(with), image.Point{}, draw.Src)
	}
}

func (c *canvas) write(x, y int, text string, size int, with color.Color) {
	if c.img != nil {
		c.face.Write(c.img, x, y, text, size, with)
	}
}

// fit writes a text no wider than it may be: smaller, and cut at last.
func (c *canvas) fit(x, y, most int, text string, size int, with color.Color) {
	for size > 24 && c.face.Width(text, size) > most {
		size -= 4
	}
	r := []rune(text)
	for len(r) > 1 && c.face.Width(text, size) > most {
		r = r[:len(r)-1]
		text = string(r) + "…"
	}
	c.write(x, y, text, size, with)
}

func (c *canvas) poster(p report.Poster) {
	const head = 190
	if c.img != nil {
		c.fill(0, 0, width, c.img.Rect.Dy(), paper)
	}
	c.fill(0, 0, width, head, blue)
	c.fit(margin, 36, inner, p.Title, 60, white)
	c.fit(margin, 122, inner, p.Subtitle, 36, white)
	c.y = head + 32
	c.tiles(p.Tiles)
	for _, chart := range p.Charts {
		c.chart(chart)
	}
	if p.Heading != "" {
		c.heading(p.Heading)
	}
	for _, l := range p.Lines {
		c.line(l)
	}
	c.y += 16
	for _, f := range p.Foot {
		c.fit(margin, c.y, inner, f, 24, grey)
		c.y += 40
	}
	c.y += 24
}

func (c *canvas) tiles(tiles []report.Tile) {
	const w = (inner - (tilesInRow-1)*tileGap) / tilesInRow
	for i, t := range tiles {
		x, y := margin+i%tilesInRow*(w+tileGap), c.y+i/tilesInRow*(tileHeight+tileGap)
		c.box(x, y, w, tileHeight)
		with := ink
		if t.Bad {
			with = red
		}
		c.fit(x+24, y+22, w-48, t.Number, 72, with)
		c.fit(x+24, y+112, w-48, t.Label, 36, ink)
		c.fit(x+24, y+162, w-48, t.Change, 28, grey)
	}
	c.y += (len(tiles) + tilesInRow - 1) / tilesInRow * (tileHeight + tileGap)
	c.y += 12
}

// box is a white field with a border.
func (c *canvas) box(x, y, w, h int) {
	c.fill(x, y, w, h, border)
	c.fill(x+2, y+2, w-4, h-4, white)
}

func (c *canvas) heading(text string) {
	c.y += 12
	c.fit(margin, c.y, inner, text, 40, ink)
	c.y += 66
}

// chart draws bars from the left, with names before and numbers behind them.
func (c *canvas) chart(chart report.Chart) {
	c.heading(chart.Title)
	const names, numbers = 300, 110
	most := 1
	for _, b := range chart.Bars {
		most = max(most, b.Value)
	}
	for _, b := range chart.Bars {
		long := (inner - names - numbers) * b.Value / most
		part := 0
		if b.Value > 0 {
			part = long * b.Part / b.Value
		}
		c.fit(margin, c.y+2, names-16, b.Name, 36, ink)
		c.fill(margin+names, c.y, long, barHeight, rose)
		c.fill(margin+names, c.y, part, barHeight, red)
		c.fit(margin+names+long+14, c.y+2, numbers, strconv.Itoa(b.Value), 36, ink)
		c.y += barStep
	}
	c.y += 12
}

func (c *canvas) line(l report.PosterLine) {
	c.box(margin, c.y, inner, lineStep-14)
	with := grey
	if l.Bad {
		with = red
	}
	c.fill(margin, c.y, 8, lineStep-14, with)
	c.fit(margin+28, c.y+12, inner-48, l.Head, 36, ink)
	c.fit(margin+28, c.y+62, inner-48, l.Text, 32, with)
	c.y += lineStep
}
