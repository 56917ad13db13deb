package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"huiying/incident"
	"huiying/intake"
	"huiying/internal/app"
)

// newBacktest is `huiying backtest FILE --policy FILE`.
func newBacktest(opts *options) *cobra.Command {
	var o app.BacktestOptions
	var mapping, done string
	c := &cobra.Command{
		Use:   "backtest FILE",
		Short: "用过去的来件试一套时限政策：哪些会超期，每个职务会收到多少消息；给两套政策则并列比较",
		Example: "  huiying backtest 去年工单.xlsx --policy 新政策.yaml --done 答复时间\n" +
			"  huiying backtest 去年工单.xlsx --policy 现行.yaml --policy 新政策.yaml --json\n\n" +
			"来件按受理时间重放：登记后即分办给研判建议的单位，单位在 --accept-after 后签收，按文件里的答复时间办结；\n" +
			"没有答复时间的，按 --conclude-after 办结，为0则一直不办结。文件有“首报时间”“发布时间”“发布会时间”列的，按所记时间完成；\n" +
			"没有这些列的，相应时限不计入超期和消息，并写明。\n\n" +
			"退出状态：0 完成，1 文件或政策有误，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			o.File = args[0]
			doc := []byte{}
			if mapping != "" {
				if doc, err = readFile(mapping); err != nil {
					return err
				}
			}
			if done != "" {
				quoted, err := json.Marshal(done) // a JSON text is a YAML text
				if err != nil {
					return fmt.Errorf("encode column: %w", err)
				}
				doc = append(append(doc, "\ndeadline: "...), append(quoted, '\n')...)
				o.DoneInDeadline = true
			}
			if len(doc) > 0 {
				if o.Mapping, err = intake.ParseMapping(mapping+" --done", doc); err != nil {
					return err //nolint:wrapcheck // a sentence for people
				}
			}
			result, err := app.RunBacktest(cmd.Context(), cfg, o)
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			if opts.json {
				return printResult(opts, cmd.OutOrStdout(), result, "")
			}
			return printBacktest(cmd.OutOrStdout(), result)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.Policies, "policy", nil, "时限政策文件，可给两次并列比较；不给则用现行政策")
	f.StringVar(&o.Source, "source", "", "来源名称，用于没有来源列的文件")
	f.StringVar(&mapping, "map", "", "列对应文件（YAML），同 huiying import")
	f.StringVar(&done, "done", "", "哪一列是实际答复（办结）时间，例如 答复时间")
	f.DurationVar(&o.AcceptAfter, "accept-after", time.Hour, "分办后多久签收")
	f.DurationVar(&o.ConcludeAfter, "conclude-after", 0, "文件没有答复时间的，受理后多久办结；0 为一直不办结")
	return c
}

// printBacktest prints the policies side by side.
func printBacktest(out io.Writer, b app.Backtest) error {
	p := &printer{w: out}
	left := []string{}
	for _, k := range b.NotCounted {
		left = append(left, k.Chinese())
	}
	p.line("重放%d件（其中有答复时间的%d件），不能读的%d行，没有受理时间的%d行。", b.Reports, b.Answered, b.Rejected, b.Undated)
	for _, k := range incident.MilestoneKinds() {
		if n := b.Recorded[k]; n > 0 {
			p.line("文件记有%s时间的%d件。", k.Chinese(), n)
		}
	}
	if len(left) > 0 {
		p.line("文件没有记录%s的时间，这些时限不计入超期和消息。", strings.Join(left, "、"))
	}
	row := func(name string, value func(app.BacktestPolicy) string) {
		cells := make([]string, len(b.Policies))
		for i, policy := range b.Policies {
			cells[i] = value(policy)
		}
		p.line("%s\t%s", name, strings.Join(cells, "\t"))
	}
	row("政策", func(x app.BacktestPolicy) string { return x.Policy })
	row("会超期的事件", func(x app.BacktestPolicy) string { return strconv.Itoa(x.Overdue) })
	row("消息总数", func(x app.BacktestPolicy) string { return strconv.Itoa(x.Messages) })
	for _, level := range incident.Levels() {
		row(level.Chinese(), func(x app.BacktestPolicy) string { return strconv.Itoa(x.Levels[string(level)]) })
	}
	for _, kind := range incident.MilestoneKinds() {
		for _, level := range incident.Levels() {
			if !hasMilestone(b, kind, level) {
				continue
			}
			row(kind.Chinese()+"（"+level.Chinese()+"）按时/超期完成/未完成", func(x app.BacktestPolicy) string {
				for _, m := range x.Milestones {
					if m.Kind == kind && m.Level == level {
						return fmt.Sprintf("%d/%d/%d", m.Met, m.Late, m.Open)
					}
				}
				return "—"
			})
		}
	}
	for i, policy := range b.Policies {
		p.line("%s：每个职务的消息", b.Policies[i].Policy)
		for _, post := range policy.Posts {
			p.line("  %s\t%d条，%d人，一人一天最多%d条", post.Post.Chinese(), post.Messages, post.People, post.MostADay)
		}
		p.line("%s：各单位", policy.Policy)
		for _, u := range policy.Units {
			p.line("  %s\t主办%d件，超期%d项，消息%d条", u.Unit, u.Led, u.Overdue, u.Messages)
		}
	}
	return p.err
}

func hasMilestone(b app.Backtest, kind incident.MilestoneKind, level incident.Level) bool {
	for _, policy := range b.Policies {
		for _, m := range policy.Milestones {
			if m.Kind == kind && m.Level == level {
				return true
			}
		}
	}
	return false
}
