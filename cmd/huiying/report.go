package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/org"
	"huiying/report"
	"huiying/report/render"
)

// reportFlags are those of every report.
type reportFlags struct {
	format, out, unit, font string
	recount, issue          bool
}

func (f *reportFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "format", "md", "格式：md、json、xlsx、docx、png")
	cmd.Flags().StringVarP(&f.out, "output", "o", "", "写入文件，不指定则输出到屏幕")
	cmd.Flags().StringVar(&f.unit, "unit", "", "只看一个单位的（编号、名称或简称），不指定为全县")
	cmd.Flags().BoolVar(&f.recount, "recount", false, "不取已印发的，按记录重新统计（用于核对）")
	cmd.Flags().BoolVar(&f.issue, "issue", false, "印发：定稿保存，此后不再改变；已印发的另存一个修订版")
	cmd.Flags().StringVar(&f.font, "font", "", "图片所用的字体文件（TTF、OTF、TTC），不指定则用系统里的中文字体，没有的用内置点阵字体")
}

// newReport is `huiying report`: the reports, printed or written to a file.
func newReport(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "每周超期汇总（督办通报）、月度评估和年度考核",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("请写明 weekly、evaluation 或 year")}
		},
	}
	cmd.AddCommand(newReportWeekly(opts), newReportEvaluation(opts), newReportYear(opts))
	return cmd
}

// paper is a kind of report on the command line: how its period is named, and how it comes about.
type paper[P fmt.Stringer, T printed[T]] struct {
	kind                report.Kind
	use, short, example string
	// flag names the period, usage says what it is; wrong refuses what parse cannot read.
	flag, usage, wrong string
	parse              func(text string) (P, bool)
	before             func(now time.Time, zone *time.Location) P // the period that is meant where none is named
	edition            func(ctx context.Context, r app.Reports, period P) edition[T]
}

// newReportOf is `huiying report` of one kind.
func newReportOf[P fmt.Stringer, T printed[T]](opts *options, k paper[P, T]) *cobra.Command {
	var f reportFlags
	var named string
	var send bool
	cmd := &cobra.Command{
		Use: k.use, Short: k.short, Example: k.example + "\n\n退出状态：0 完成，1 不能统计或写不了文件，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			return app.Reporting(cmd.Context(), cfg, func(r app.Reports) error {
				period := k.before(r.Now, r.Zone)
				if named != "" {
					var ok bool
					if period, ok = k.parse(named); !ok {
						return usageError{fmt.Errorf(k.wrong, named)}
					}
				}
				if send {
					n, err := r.Send(cmd.Context(), app.Operator(), k.kind, period.String(), r.Now)
					return sent(opts, cmd.OutOrStdout(), k.flag, period.String(), n, err)
				}
				return show(f, opts, cmd.OutOrStdout(), r, k.edition(cmd.Context(), r, period))
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&named, k.flag, "", k.usage)
	cmd.Flags().BoolVar(&send, "send", false, "再发送一次：县里和各单位的领导各收到自己的那份")
	return cmd
}

func newReportWeekly(opts *options) *cobra.Command {
	return newReportOf(opts, paper[report.Week, report.Weekly]{
		kind: report.KindWeekly, use: "weekly", short: "每周超期汇总：md（微信消息）、json、xlsx（清单）、docx（督办通报）、png（手机图片）",
		example: "  huiying report weekly --week 2026-W47 --format docx -o 通报.docx\n" +
			"  huiying report weekly --week 2026-W47 --send",
		flag: "week", usage: "哪一周，例如 2026-W47，不指定为上一周", wrong: "“%s”不是周，请写成 2026-W47",
		parse: report.ParseWeek, before: report.WeekBefore,
		edition: func(ctx context.Context, r app.Reports, week report.Week) edition[report.Weekly] {
			return edition[report.Weekly]{
				issue: func() (report.Weekly, error) {
					w, _, err := r.IssueWeekly(ctx, app.Operator(), week, r.Now, true)
					return w, err //nolint:wrapcheck // a sentence for people
				},
				recount: func() (report.Weekly, error) { return r.CountWeekly(ctx, week, r.Now) },
				read: func() (report.Weekly, error) {
					w, _, err := r.Weekly(ctx, week, r.Now)
					return w, err //nolint:wrapcheck // a sentence for people
				},
			}
		},
	})
}

// sent says to how many people a report was handed.
func sent(opts *options, out io.Writer, kind, period string, n int, err error) error {
	if err != nil {
		return err
	}
	return printResult(opts, out, map[string]any{kind: period, "people": n}, fmt.Sprintf("已交给%d人，正在运行的回应会在半分钟内发出。", n))
}

// printed is a report that can be shown in every form, of the county or of one unit.
type printed[T any] interface {
	Of(unit org.UnitID, name string) T
	Markdown(zone *time.Location) string
	Document(zone *time.Location) report.Document
	Poster(zone *time.Location) report.Poster
}

// edition is how a report comes about: frozen, counted anew, or as it was issued.
type edition[T any] struct{ issue, recount, read func() (T, error) }

// show makes the report that the flags ask for and writes it.
func show[T printed[T]](f reportFlags, opts *options, out io.Writer, r app.Reports, e edition[T]) error {
	get := e.read
	switch {
	case f.issue:
		get = e.issue
	case f.recount:
		get = e.recount
	}
	v, err := get()
	if err != nil {
		return err
	}
	if f.unit != "" {
		unit, ok := r.County().Directory.FindUnit(f.unit)
		if !ok {
			return usageError{fmt.Errorf("没有“%s”这个单位", f.unit)}
		}
		v = v.Of(unit.ID, unit.Name)
	}
	return write(f, opts, out, v, r.Zone)
}

// write renders the report in the format asked for, to the file or to out.
func write[T printed[T]](f reportFlags, opts *options, out io.Writer, v T, zone *time.Location) error {
	var b bytes.Buffer
	var err error
	format := f.format
	if opts.json {
		format = "json"
	}
	switch format {
	case "md":
		b.WriteString(v.Markdown(zone) + "\n")
	case "json":
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		err = enc.Encode(v)
	case "xlsx":
		err = render.XLSX(&b, v.Document(zone))
	case "docx":
		err = render.DOCX(&b, v.Document(zone))
	case "png":
		var face render.Face
		if face, err = render.SystemFace(f.font); err == nil {
			err = render.PNG(&b, v.Poster(zone), face)
		}
	default:
		return usageError{fmt.Errorf("没有“%s”这种格式", f.format)}
	}
	if err != nil {
		return err //nolint:wrapcheck // says what
	}
	if f.out == "" {
		if slices.Contains([]string{"xlsx", "docx", "png"}, format) && isTerminal(out) {
			return usageError{errors.New(format + " 不能输出到屏幕，请用 -o 指定文件")}
		}
		if _, err := out.Write(b.Bytes()); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(f.out, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("写不了文件 %s：%w", f.out, err)
	}
	return printResult(opts, out, map[string]any{"file": f.out, "bytes": b.Len()}, "已写入 "+strings.TrimSpace(f.out))
}

// isTerminal tells whether the output is a screen rather than a file or a pipe.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
