package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"huiying/intake"
	"huiying/internal/app"
)

// importOptions are the flags of `huiying import`.
type importOptions struct {
	source, mapping string
	dryRun          bool
}

// newImport is `huiying import FILE`.
func newImport(opts *options) *cobra.Command {
	o := &importOptions{}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "导入 Excel、CSV 或 JSONL 文件，逐行登记（系统运行时也可以导入）",
		Example: "  huiying import 12345导出.xlsx --source 12345热线 --dry-run\n  huiying import 12345导出.xlsx --map 列对应.yaml\n\n" +
			"退出状态：0 已导入（被拒的行列在结果里），1 文件读不了，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			var mapping intake.Mapping
			if o.mapping != "" {
				doc, err := readFile(o.mapping)
				if err != nil {
					return err
				}
				if mapping, err = intake.ParseMapping(o.mapping, doc); err != nil {
					return err //nolint:wrapcheck // a sentence for people
				}
			}
			bar := progress(cmd.ErrOrStderr())
			result, err := app.Import(cmd.Context(), cfg, args[0], app.ImportOptions{
				Source: o.source, Mapping: mapping, DryRun: o.dryRun, Progress: bar.set,
			})
			bar.finish()
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printImport(opts, cmd.OutOrStdout(), result, o.dryRun)
		},
	}
	f := c.Flags()
	f.StringVar(&o.source, "source", "", "来源名称，用于没有来源列的文件")
	f.StringVar(&o.mapping, "map", "", "列对应文件（YAML），例如 title: 主题")
	f.BoolVar(&o.dryRun, "dry-run", false, "只检查，不登记")
	return c
}

// printImport prints the result: JSON as the contract has it, or sentences.
func printImport(opts *options, out io.Writer, r intake.Result, dryRun bool) error {
	if opts.json {
		return printResult(opts, out, r, "")
	}
	word := "已登记"
	if dryRun {
		word = "可登记"
	}
	p := &printer{w: out}
	p.line("%s%d件，重复%d件，不能登记%d行。", word, r.Created, r.Duplicates, max(r.RejectedTotal, len(r.Rejected)))
	const shown = 20
	for i, bad := range r.Rejected {
		if i == shown {
			p.line("其余%d行请加 --json 查看。", len(r.Rejected)-shown)
			break
		}
		p.line("  第%d行 %s %s", bad.Row, bad.Column, bad.Error)
	}
	return p.err
}

// rowProgress shows how many rows were read, on a terminal only.
type rowProgress struct{ bar *progressbar.ProgressBar }

func progress(w io.Writer) rowProgress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return rowProgress{}
	}
	return rowProgress{progressbar.NewOptions(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("已读取"),
		progressbar.OptionShowCount(), progressbar.OptionSetItsString("行"), progressbar.OptionShowIts())}
}

func (p rowProgress) set(rows int) {
	if p.bar != nil {
		if err := p.bar.Set(rows); err != nil {
			p.bar.Describe(strings.TrimSpace(fmt.Sprint("已读取 ", err)))
		}
	}
}

func (p rowProgress) finish() {
	if p.bar != nil {
		if err := p.bar.Finish(); err == nil {
			p.bar.Describe("读取完毕")
		}
	}
}
