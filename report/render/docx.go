package render

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"huiying/report"
)

// DOCX writes the document in the layout of a bulletin: A4, title 二号小标宋, text 仿宋,
// headings 黑体 that run into their text, page numbers as 党政机关公文格式 (GB/T 9704-2012)
// has them. Text is 四号 with lines of 20 pt rather than 三号 with 28 pt, since a bulletin
// is one page before its annexes. Fonts are named, not embedded: WPS and Word have them,
// others substitute.
func DOCX(w io.Writer, doc report.Document) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", stylesPart()},
		{"word/footer1.xml", footerPart},
		{"word/document.xml", documentPart(doc)},
	} {
		f, err := z.Create(part.name)
		if err == nil {
			_, err = io.WriteString(f, part.body)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>`
	packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`
	wordNS = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	// — 1 —, 四号宋体, as the standard has it.
	footerPart = xmlHead + `<w:ftr` + wordNS + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">— </w:t></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:instrText> PAGE </w:instrText></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
)

// The styles: a paragraph's name says what it is.
const (
	styleTitle = "Title"
	styleIssue = "Issue"
	styleText  = "Body"
	styleTo    = "To"
	styleSign  = "Sign"
	styleAnnex = "Annex"
	styleNote  = "Note"
	styleCell  = "Cell"
	styleHead  = "CellHead"
)

func stylesPart() string {
	return xmlHead + `<w:styles` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts("仿宋_GB2312") +
		`<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		style(styleTitle, "方正小标宋简体", 44, `<w:jc w:val="center"/><w:spacing w:before="0" w:line="640" w:lineRule="exact"/>`) +
		style(styleIssue, "仿宋_GB2312", 28, `<w:jc w:val="center"/><w:spacing w:after="80" w:line="400" w:lineRule="exact"/>`) +
		style(styleTo, "仿宋_GB2312", 28, `<w:spacing w:line="400" w:lineRule="exact"/>`) +
		style(styleText, "仿宋_GB2312", 28, `<w:jc w:val="both"/><w:ind w:firstLineChars="200" w:firstLine="560"/><w:spacing w:line="400" w:lineRule="exact"/>`) +
		style(styleSign, "仿宋_GB2312", 28, `<w:jc w:val="right"/><w:ind w:right="640"/><w:spacing w:line="400" w:lineRule="exact"/>`) +
		style(styleAnnex, "黑体", 28, `<w:keepNext/><w:spacing w:before="120" w:after="120" w:line="400" w:lineRule="exact"/><w:outlineLvl w:val="0"/>`) +
		style(styleNote, "仿宋_GB2312", 21, `<w:spacing w:before="40" w:line="300" w:lineRule="exact"/>`) +
		style(styleCell, "宋体", 17, `<w:spacing w:line="230" w:lineRule="atLeast"/>`) +
		style(styleHead, "黑体", 17, `<w:jc w:val="center"/><w:spacing w:line="230" w:lineRule="atLeast"/>`) +
		`</w:styles>`
}

func fonts(name string) string {
	return fmt.Sprintf(`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s"/>`, name)
}

func style(id, font string, halfPoints int, paragraph string) string {
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:pPr>%s</w:pPr><w:rPr>%s<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`,
		id, id, paragraph, fonts(font), halfPoints, halfPoints)
}

// Widths in twentieths of a point.
const (
	pageWidth, pageHeight     = 11906, 16838 // A4
	left, right, top, bottom  = 1361, 1247, 1474, 1304
	sideMargin, sideTopBottom = 1134, 1134 // of pages across, which hold annexes' tables
)

func section(across bool) string {
	if across {
		return fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`,
			pageHeight, pageWidth, sideTopBottom, sideMargin, sideTopBottom, sideMargin)
	}
	return fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="851" w:gutter="0"/></w:sectPr>`,
		pageWidth, pageHeight, top, right, bottom, left)
}

// writer collects the body's XML.
type writer struct {
	b     strings.Builder
	width int // of the page between its margins
}

func documentPart(doc report.Document) string {
	w := &writer{width: pageWidth - left - right}
	w.b.WriteString(xmlHead + `<w:document` + wordNS + `><w:body>`)
	w.p(styleTitle, doc.Title)
	w.p(styleIssue, doc.Issue)
	w.p(styleTo, doc.To+"：")
	w.p(styleText, doc.Lead)
	for _, s := range doc.Sections {
		w.runIn(s)
	}
	w.p(styleSign, doc.Issuer)
	w.p(styleSign, doc.Date)
	if len(doc.Annexes) > 0 {
		w.b.WriteString(`<w:p><w:pPr>` + section(false) + `</w:pPr></w:p>`)
		w.width = pageHeight - 2*sideMargin
		for _, s := range doc.Annexes {
			w.p(styleAnnex, s.Heading)
			w.section(s)
		}
	}
	for _, line := range doc.Foot {
		w.p(styleNote, line)
	}
	w.b.WriteString(section(len(doc.Annexes) > 0) + `</w:body></w:document>`)
	return w.b.String()
}

// runIn writes a section whose heading begins its first paragraph, which saves a line each.
func (w *writer) runIn(s report.Section) {
	rest := s
	first := ""
	if len(s.Text) > 0 {
		first, rest.Text = s.Text[0], s.Text[1:]
	}
	w.b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + styleText + `"/></w:pPr><w:r><w:rPr>` + fonts("黑体") + `</w:rPr><w:t xml:space="preserve">`)
	w.text(s.Heading + "。")
	w.b.WriteString(`</w:t></w:r><w:r><w:t xml:space="preserve">`)
	w.text(first)
	w.b.WriteString(`</w:t></w:r></w:p>`)
	w.section(rest)
}

func (w *writer) section(s report.Section) {
	for _, text := range s.Text {
		w.p(styleText, text)
	}
	for _, t := range s.Tables {
		w.table(t)
	}
}

func (w *writer) p(style, text string) {
	w.b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">`)
	w.text(text)
	w.b.WriteString(`</w:t></w:r></w:p>`)
}

func (w *writer) text(s string) {
	// A strings.Builder takes everything, and so does EscapeText: it replaces what XML cannot hold.
	if err := xml.EscapeText(&w.b, []byte(s)); err != nil {
		panic(err)
	}
}

// table draws a table with its heads on every page and rows that are not torn.
func (w *writer) table(t report.Table) {
	total := 0.0
	for _, c := range t.Columns {
		total += c.Width
	}
	w.b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + strconv.Itoa(w.width) + `" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		w.b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	w.b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = int(float64(w.width) * c.Width / total)
		fmt.Fprintf(&w.b, `<w:gridCol w:w="%d"/>`, widths[i])
	}
	w.b.WriteString(`</w:tblGrid>`)
	heads := make([]report.Cell, len(t.Columns))
	for i, c := range t.Columns {
		heads[i].Text = c.Name
	}
	w.row(heads, widths, styleHead, true)
	for _, r := range t.Rows {
		w.row(r, widths, styleCell, false)
	}
	if t.Sum && len(t.Rows) > 0 {
		w.row(t.Sums(), widths, styleHead, false)
	}
	w.b.WriteString(`</w:tbl><w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (w *writer) row(cells []report.Cell, widths []int, style string, head bool) {
	w.b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		w.b.WriteString(`<w:tblHeader/>`)
	}
	w.b.WriteString(`</w:trPr>`)
	for i, c := range cells {
		fmt.Fprintf(&w.b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>`, widths[i])
		if c.Number != nil {
			w.p(styleHead, c.Text)
		} else {
			w.p(style, c.Text)
		}
		w.b.WriteString(`</w:tc>`)
	}
	w.b.WriteString(`</w:tr>`)
}
