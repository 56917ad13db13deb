package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"huiying/desk"
	"huiying/internal/app"
)

// driftOptions are the flags of `huiying classify drift`.
type driftOptions struct {
	from, to string
}

// newClassifyDrift is `huiying classify drift`.
func newClassifyDrift(opts *options) *cobra.Command {
	o := &driftOptions{}
	c := &cobra.Command{
		Use:   "drift",
		Short: "研判与改定对照：值班员改了多少次建议，按规则和模型分列（系统运行时也可以用）",
		Example: "  huiying classify drift --from 2026-11-01 --to 2026-11-30\n\n" +
			"退出状态：0 已统计，1 数据库打不开，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			zone, err := app.Zone(cfg)
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			from, err := day("from", o.from, zone)
			if err != nil {
				return err
			}
			to, err := day("to", o.to, zone)
			if err != nil {
				return err
			}
			if !to.IsZero() {
				to = to.AddDate(0, 0, 1) // the last day counts
			}
			d, err := app.Drift(cmd.Context(), cfg, from, to)
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			if opts.json {
				return printResult(opts, cmd.OutOrStdout(), d, "")
			}
			return printDrift(cmd.OutOrStdout(), d)
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "从哪一天接报的算起，例如 2026-11-01，默认从头")
	f.StringVar(&o.to, "to", "", "到哪一天为止（含当天），默认到现在")
	return c
}

// day reads a date flag; the empty one is the zero time.
func day(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return at, usageError{fmt.Errorf("--%s “%s”不是日期，请写成 2026-11-01", flag, text)}
	}
	return at, nil
}

func printDrift(out io.Writer, d desk.Drift) error {
	p := &printer{w: out}
	p.line("共%d件（不含并案、作废）。", d.Reports)
	p.line("等级：%s", changed(d.Level))
	p.line("类别：%s", changed(d.Category))
	p.line("主办单位（首选）：%s；单位退回%d次", changed(d.Unit), d.Returned)
	if len(d.Rules) > 0 {
		p.line("按规则：")
	}
	for _, r := range d.Rules {
		name := r.Rule
		if name == "" {
			name = "没有规则命中"
		}
		p.line("  %-8s %s，改高%d，改低%d", name, changed(r.Changes), r.Raised, r.Lowered)
	}
	if len(d.Model) > 0 {
		p.line("按模型：")
	}
	for _, m := range d.Model {
		p.line("  %-8s %s", headName(m.About), changed(m.Changes))
	}
	return p.err
}

func changed(c desk.Changes) string {
	if c.Decided == 0 {
		return "尚无人工定论"
	}
	return fmt.Sprintf("有定论%d件，改动%d件（%s）", c.Decided, c.Changed, percent(c.Rate()))
}
