package report

// Document is a report as it is printed: what every format (DOCX, XLSX, markdown) shows.
type Document struct {
	Title  string `json:"title"`
	Issue  string `json:"issue"`  // 2026年第47期
	Issuer string `json:"issuer"` // 发文单位
	Date   string `json:"date"`
	To     string `json:"to"` // 主送
	// Lead is what the period is, before the first section.
	Lead     string    `json:"lead"`
	Sections []Section `json:"sections"`
	Annexes  []Section `json:"annexes"`
	// Sheets are lists for a spreadsheet; with none, the tables of the sections are.
	Sheets []Table `json:"-"`
	// Foot says as at when and under which policy everything was counted.
	Foot []string `json:"foot"`
}

// Section is a heading with what stands under it.
type Section struct {
	Heading string   `json:"heading"`
	Text    []string `json:"text,omitempty"`
	Tables  []Table  `json:"tables,omitempty"`
}

// Poster is a picture for a telephone: figures large, bars, and a few lines.
type Poster struct {
	Title, Subtitle string
	Tiles           []Tile
	Charts          []Chart
	Heading         string
	Lines           []PosterLine
	Foot            []string
}

// Tile is one large figure.
type Tile struct {
	Number, Label, Change string
	Bad                   bool
}

// PosterLine is one item of a poster's list.
type PosterLine struct {
	Head, Text string
	Bad        bool
}
