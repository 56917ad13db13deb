package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"huiying/incident"
	"huiying/internal/app"
	"huiying/org"
	"huiying/sla"
)

// slaPlanOptions are the flags of `huiying sla plan`.
type slaPlanOptions struct {
	level, received, policy, calendar, source string
}

// newSLA is `huiying sla` with its one subcommand.
func newSLA(opts *options) *cobra.Command {
	root := &cobra.Command{Use: "sla", Short: "时限"}
	o := &slaPlanOptions{}
	plan := &cobra.Command{
		Use:   "plan --level LEVEL --received TIME",
		Short: "打印一件事的全部时限节点、计算说明和催办阶梯",
		Example: "  huiying sla plan --level major --received 2026-11-20T16:40:00+08:00 --calendar natural\n\n" +
			"退出状态：0 已打印，1 政策有误，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return slaPlan(opts, o, cmd.OutOrStdout()) },
	}
	f := plan.Flags()
	f.StringVar(&o.level, "level", "", "等级：general、major、emergency")
	f.StringVar(&o.received, "received", "", "接报时间，例如 2026-11-20T16:40:00+08:00")
	f.StringVar(&o.policy, "policy", "", "时限政策文件，默认用内置政策")
	f.StringVar(&o.calendar, "calendar", "", "办结类时限的日历：exact、natural、natural_roll、working")
	f.StringVar(&o.source, "source", "", "来源名称，默认按公开来源计算")
	root.AddCommand(plan)
	return root
}

type planMilestone struct {
	Kind    string `json:"kind"`
	Target  string `json:"target_at,omitempty"`
	Limit   string `json:"limit_at"`
	Counted string `json:"counted"`
	Warning string `json:"warning,omitempty"`
}

type planRung struct {
	Milestone string     `json:"milestone"`
	Rung      string     `json:"rung"`
	At        string     `json:"at"`
	To        []org.Post `json:"to"`
	Every     string     `json:"repeat,omitempty"`
}

type planResult struct {
	Milestones []planMilestone `json:"milestones"`
	Ladder     []planRung      `json:"ladder"`
}

func slaPlan(opts *options, o *slaPlanOptions, out io.Writer) error {
	level := incident.Level(o.level)
	if !level.Valid() {
		return usageError{fmt.Errorf("--level 只能是 general、major、emergency，不能是“%s”", o.level)}
	}
	received, err := time.Parse(time.RFC3339, o.received)
	if err != nil {
		return usageError{fmt.Errorf("--received “%s”不是时间，请写成 2026-11-20T16:40:00+08:00", o.received)}
	}
	cfg, err := loadConfig(opts)
	if err != nil {
		return err
	}
	if o.policy != "" {
		cfg.Files.Policy = o.policy
	}
	book, err := app.LoadBook(cfg, o.calendar)
	if err != nil {
		return err
	}
	source := incident.Source{Name: "公开来源", Kind: incident.SourceWeb, Public: true}
	if o.source != "" {
		sources, err := app.LoadSources(cfg)
		if err != nil {
			return err
		}
		source = sources.Find(o.source)
	}
	c := book.Preview(level, received, source)
	result := planOf(book, c)
	if opts.json {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(result); err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
		return nil
	}
	return printPlan(out, book, c)
}

func planOf(book sla.Book, c incident.Case) planResult {
	show := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(book.Zone).Format(time.RFC3339)
	}
	result := planResult{Milestones: []planMilestone{}, Ladder: []planRung{}}
	for _, m := range c.Milestones {
		result.Milestones = append(result.Milestones, planMilestone{
			Kind: string(m.Kind), Target: show(m.Target), Limit: show(m.Limit), Counted: m.Counted, Warning: m.Warning,
		})
		for _, r := range book.Ladder(c, m) {
			rung := planRung{Milestone: string(m.Kind), Rung: r.Label, At: show(r.At), To: r.Posts}
			if r.Every > 0 {
				rung.Every = r.Every.String()
			}
			result.Ladder = append(result.Ladder, rung)
		}
	}
	return result
}

func printPlan(out io.Writer, book sla.Book, c incident.Case) error {
	w := &printer{w: out}
	w.line("%s事件，接报 %s，政策版本 %s", c.Level().Chinese(), c.ReceivedAt.In(book.Zone).Format("2006-01-02 15:04:05"), c.Policy)
	for _, m := range c.Milestones {
		w.line("")
		w.line("【%s】最迟 %s", m.Kind.Chinese(), incident.Show(m.Limit, book.Zone))
		if !m.Target.IsZero() {
			w.line("  力争 %s", incident.Show(m.Target, book.Zone))
		}
		w.line("  %s", m.Counted)
		if m.Warning != "" {
			w.line("  注意：%s", m.Warning)
		}
		for _, r := range book.Ladder(c, m) {
			posts := make([]string, len(r.Posts))
			for i, p := range r.Posts {
				posts[i] = p.Chinese()
			}
			text := strings.Join(posts, "、")
			if r.Every > 0 {
				text += fmt.Sprintf("，此后每%s重复", chineseDuration(r.Every))
			}
			w.line("  %s  %-8s %s", r.At.In(book.Zone).Format("01-02 15:04"), r.Label, text)
		}
	}
	return w.err
}

// printer writes lines and keeps the first fault.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, a ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", a...)
	}
}

func chineseDuration(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d小时", d/time.Hour)
	}
	return fmt.Sprintf("%d分钟", d/time.Minute)
}

// readFile reads a file that somebody named, with a sentence when it cannot be read.
func readFile(name string) ([]byte, error) {
	b, err := os.ReadFile(name) //nolint:gosec // the administrator names the file
	if err != nil {
		return nil, fmt.Errorf("打不开文件 %s：%w", name, err)
	}
	return b, nil
}
