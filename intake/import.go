package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/intake/sheet"
	"huiying/org"
)

// Registrar registers reports; desk does.
type Registrar interface {
	RegisterAll(ctx context.Context, by org.Actor, regs []incident.Register) ([]desk.Registered, error)
}

// preparer is a Registrar that can decide on the next reports while those before are being
// saved; what it returns saves them.
type preparer interface {
	Prepare(ctx context.Context, by org.Actor, regs []incident.Register) func(context.Context) ([]desk.Registered, error)
}

// Importer brings a file's rows in as reports. The reported time of a row is when it was
// submitted, so that limits of a past one may have passed already.
type Importer struct {
	// Desk registers; not needed for a dry run.
	Desk    Registrar
	Sources *Sources
	// Zone is the county's, for times without an offset; nil is UTC.
	Zone    *time.Location
	Mapping Mapping
	// Source is where all rows come from, whatever their columns say; empty takes the
	// column, and a source called 文件导入 where there is none.
	Source string
	By     org.Actor
	// DryRun reads and checks everything and registers nothing.
	DryRun bool
	// Known tells a dry run what is registered already, as desk.Store.FindExternal does
	// ([incident.ErrNotFound] for what is not). Nil finds duplicates within the file only.
	Known func(ctx context.Context, source, externalID string) (incident.ID, error)
	// Progress is told how many rows were read so far; may be nil.
	Progress func(rows int)
}

// Bounds of one save, in rows and bytes of text, and of the rejected rows that are listed.
const (
	batchRows   = 500
	batchBytes  = 4 << 20
	maxRejected = 1000
)

// unusableRows is after how many rows of JSON Lines without title and text it is clear
// that the file holds something else.
const unusableRows = 100

// Run imports a file. A row that cannot be taken is listed in the result, and the others
// go on. An error means that the file cannot be read on or the database not be written;
// the result then says what was done before. The same file twice creates nothing new: a
// row without an id of its own gets one made of what it says.
func (im Importer) Run(ctx context.Context, path string) (Result, error) {
	return im.run(ctx, func(o sheet.Options) (*sheet.Table, error) { return sheet.Open(path, o) })
}

// Read is Run for what is not a file yet; messages call it name.
func (im Importer) Read(ctx context.Context, r io.Reader, name string) (Result, error) {
	return im.run(ctx, func(o sheet.Options) (*sheet.Table, error) { return sheet.Read(r, name, o) })
}

func (im Importer) run(ctx context.Context, open func(sheet.Options) (*sheet.Table, error)) (_ Result, err error) {
	if im.Zone == nil {
		im.Zone = time.UTC
	}
	r := &run{Importer: im, result: Result{Rejected: []Rejected{}}, seen: map[[16]byte]struct{}{}}
	table, err := open(sheet.Options{
		Sheet: im.Mapping.sheet, HeaderRow: im.Mapping.headerRow,
		IsHeader: func(cells []string) bool { return im.Mapping.layout(cells).usable() },
	})
	if err != nil {
		return r.finish(), err //nolint:wrapcheck // a sentence for people
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	r.reader = rowReader{table: table, mapping: im.Mapping, sources: im.Sources, source: strings.TrimSpace(im.Source), zone: im.Zone}
	err = r.all(ctx)
	err = errors.Join(err, r.await())
	return r.finish(), err
}

// run is one import under way.
type run struct {
	Importer
	reader rowReader
	result Result
	batch  []incident.Register
	rows   []sheet.Row // of the batch, without what is not needed for a message
	bytes  int
	read   int
	seen   map[[16]byte]struct{} // what a dry run would have registered
	saving chan saving           // the batch that is being saved, nil for none
}

// saving is a batch and what became of it.
type saving struct {
	rows []sheet.Row
	done []desk.Registered
	err  error
}

func (r *run) all(ctx context.Context) error {
	if err := r.checkColumns(); err != nil {
		return err
	}
	for {
		row, err := r.reader.table.Next()
		if errors.Is(err, io.EOF) {
			return errors.Join(r.checkLines(true), r.flush(ctx))
		}
		if err != nil {
			return errors.Join(err, r.flush(ctx))
		}
		r.read++
		r.row(row)
		if err := r.checkLines(false); err != nil {
			return err
		}
		if len(r.batch) >= batchRows || r.bytes >= batchBytes {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// checkColumns refuses a table that lacks what the mapping names, or a title and a text.
func (r *run) checkColumns() error {
	if r.reader.table.HeaderRow == 0 {
		return nil
	}
	r.reader.look()
	if m := r.reader.layout.missing; len(m) > 0 {
		return invalid(string(m[0]), "映射文件给 %s 指定的列“%s”在表头里没有。找到的表头（第%d行）是：%s。",
			m[0], strings.Join(r.Mapping.columns[m[0]], "、"), r.reader.table.HeaderRow, sheet.List(r.reader.table.Columns()))
	}
	return r.unusable()
}

// checkLines is checkColumns for JSON Lines, whose keys are known only after some rows.
func (r *run) checkLines(end bool) error {
	if r.reader.table.HeaderRow > 0 || r.read != unusableRows && (!end || r.read > unusableRows) {
		return nil
	}
	r.reader.look()
	return r.unusable()
}

func (r *run) unusable() error {
	if r.reader.layout.usable() {
		return nil
	}
	found := sheet.List(r.reader.table.Columns())
	if found == "" {
		found = "（一个也没有）"
	}
	return invalid("", "文件里找不到能用的列：至少要有标题或内容一列。找到的列是：%s。请改列名，或用 --map 指定，例如 title: 主题。", found)
}

func (r *run) row(row sheet.Row) {
	reg, err := r.reader.register(row)
	if err != nil {
		r.reject(row, err)
		return
	}
	r.batch, r.rows = append(r.batch, reg), append(r.rows, row)
	r.bytes += len(reg.Report.Title) + len(reg.Report.Text)
}

func (r *run) reject(row sheet.Row, err error) {
	if r.result.RejectedTotal++; len(r.result.Rejected) < maxRejected {
		r.result.Rejected = append(r.result.Rejected, Rejected{Row: row.Number, Column: r.reader.column(row, fieldOf(err)), Error: incident.Text(err)})
	}
}

// flush registers the rows that wait.
func (r *run) flush(ctx context.Context) error {
	if r.Progress != nil {
		r.Progress(r.read)
	}
	batch, rows := r.batch, r.rows
	r.batch, r.rows, r.bytes = make([]incident.Register, 0, batchRows), make([]sheet.Row, 0, batchRows), 0
	if len(batch) == 0 {
		return nil
	}
	if r.DryRun {
		return r.preview(ctx, batch)
	}
	save := r.prepare(ctx, batch)
	if err := r.await(); err != nil {
		return err
	}
	r.saving = make(chan saving, 1)
	go func(out chan<- saving) {
		done, err := save(ctx)
		out <- saving{rows, done, err}
	}(r.saving)
	return nil
}

// prepare decides on a batch where the registrar can do that by itself, and returns what
// registers it. Batches are saved one after the other, in the order of the file.
func (r *run) prepare(ctx context.Context, batch []incident.Register) func(context.Context) ([]desk.Registered, error) {
	if p, ok := r.Desk.(preparer); ok {
		return p.Prepare(ctx, r.By, batch)
	}
	return func(ctx context.Context) ([]desk.Registered, error) {
		return r.Desk.RegisterAll(ctx, r.By, batch) //nolint:wrapcheck // made a sentence by await
	}
}

// await waits for the batch that is being saved and counts what became of it.
func (r *run) await() error {
	if r.saving == nil {
		return nil
	}
	s := <-r.saving
	r.saving = nil
	err := s.err
	if err == nil {
		err = r.settle(s.rows, s.done)
	}
	if err != nil {
		return &incident.Error{Code: incident.CodeOf(err), Err: err, Text: fmt.Sprintf(
			"登记第%d至%d行时出错：%s此前已登记%d件；排除故障后再导入同一文件即可，已登记的不会重复。",
			s.rows[0].Number, s.rows[len(s.rows)-1].Number, incident.Text(err), r.result.Created)}
	}
	return nil
}

// settle counts what became of a batch. Where every row failed by a fault of ours, the
// database is at fault and not the rows.
func (r *run) settle(rows []sheet.Row, done []desk.Registered) error {
	var faults []error
	for _, d := range done {
		if d.Err != nil && incident.CodeOf(d.Err) == incident.CodeInternal {
			faults = append(faults, d.Err)
		}
	}
	if len(faults) == len(done) {
		return faults[0]
	}
	for i, d := range done {
		switch {
		case d.Err != nil:
			r.reject(rows[i], d.Err)
		case d.Duplicate:
			r.result.Duplicates++
		default:
			r.result.Created++
		}
	}
	return nil
}
