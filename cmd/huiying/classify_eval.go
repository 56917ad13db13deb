package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/incident"
	"huiying/internal/app"
)

// evalOptions are the flags of `huiying classify eval`.
type evalOptions struct {
	model string
	cross int
	with  []string
	wrong bool
}

// newClassifyEval is `huiying classify eval`.
func newClassifyEval(opts *options) *cobra.Command {
	o := &evalOptions{}
	c := &cobra.Command{
		Use:   "eval FILE…",
		Short: "检验研判：与有标注的记录对照，等级、数字、类别、单位各对多少",
		Long: "读入带标注的 JSONL（可用 gzip 压缩）：level、alt_level 与 ambiguous、deaths、injured、missing_trapped、poisoned、category、unit，有什么比什么。\n" +
			"--model 用训练好的模型；拿训练用过的文件检验会偏高，要公允请用 --cross：把文件分成几份，逐份留出，\n" +
			"用其余各份（和 --with 的文件）训练，与留出的记录几乎相同的不参加训练。",
		Example: "  huiying classify eval 标注.jsonl --model 模型.hym\n  huiying classify eval 标注.jsonl --cross 5 --with 分词件.jsonl.gz\n\n" +
			"退出状态：0 已检验，1 有行读不了或没有标注，2 用法有误。",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			if o.cross == 1 || o.cross < 0 || o.cross > 0 && o.model != "" || o.cross == 0 && len(o.with) > 0 {
				return usageError{errors.New("--cross 至少为2，且不能与 --model 同用；--with 只与 --cross 同用")}
			}
			e, err := evaluate(opts, o, files)
			if err != nil {
				return err
			}
			s := e.Summary()
			if s.Level == nil && s.Category == nil && s.Unit == nil {
				return errors.New("这些文件没有标注（level、category 或 unit），无从检验")
			}
			if opts.json {
				return printResult(opts, cmd.OutOrStdout(), s, "")
			}
			return printSummary(cmd.OutOrStdout(), s, o.wrong)
		},
	}
	f := c.Flags()
	f.StringVar(&o.model, "model", "", "训练出的模型文件，默认用配置 files.model")
	f.IntVar(&o.cross, "cross", 0, "分成几份交叉检验")
	f.StringArrayVar(&o.with, "with", nil, "交叉检验时一并参加训练的文件，可多次给出")
	f.BoolVar(&o.wrong, "mistakes", false, "列出研判不同的记录编号")
	return c
}

func evaluate(opts *options, o *evalOptions, files []string) (*classifier.Evaluation, error) {
	cfg, err := loadConfig(opts)
	if err != nil {
		return nil, err
	}
	if o.model != "" {
		cfg.Files.Model = o.model
	}
	if o.cross > 0 {
		cfg.Files.Model = ""
	}
	c, err := app.LoadClassifier(cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	e := &classifier.Evaluation{}
	if o.cross > 0 {
		return e, crossed(o, c, files, e)
	}
	for _, name := range files {
		err := readRows(name, func(line int, r classifier.Row) error {
			if err := r.LevelKnown(); err != nil {
				return fmt.Errorf("第%d行%w", line, err)
			}
			e.Add(r, c.Answer(r), c.Assess(r.Report(), r.At()))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// crossed evaluates rows by models that were trained without them.
func crossed(o *evalOptions, c *classifier.Classifier, files []string, e *classifier.Evaluation) error {
	with, err := readSamples(o.with)
	if err != nil {
		return err
	}
	var rows []classifier.Row
	var samples []model.Sample
	for _, name := range files {
		err := readRows(name, func(line int, r classifier.Row) error {
			if err := r.LevelKnown(); err != nil {
				return fmt.Errorf("第%d行%w", line, err)
			}
			rows, samples = append(rows, r), append(samples, r.Sample())
			return nil
		})
		if err != nil {
			return err
		}
	}
	said, _, err := model.Cross(samples, with, o.cross)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	for i, r := range rows {
		a := c.AssessGiven(r.Report(), r.At(), said[i])
		e.Add(r, c.AnswerOf(r.ID, a), a)
	}
	return nil
}

func printSummary(out io.Writer, s classifier.Summary, wrong bool) error {
	p := &printer{w: out}
	p.line("共%d条。", s.Rows)
	if s.Level != nil {
		printLevels(p, s)
	}
	for _, t := range []struct {
		name  string
		tally *classifier.TallySummary
	}{{"类别", s.Category}, {"单位", s.Unit}, {"模型看是否重大以上", s.Grave}} {
		if t.tally != nil {
			p.line("")
			p.line("【%s】%d条，准确率%s，macro-F1 %.3f", t.name, t.tally.Rows, percent(t.tally.Accuracy), t.tally.MacroF1)
			printTally(p, t.tally)
		}
	}
	if wrong {
		p.line("")
		p.line("【不同之处】")
		for _, m := range s.Mistakes {
			p.line("  %s %s：标注%s，研判%s", m.ID, m.What, levelName(m.Want), levelName(m.Got))
		}
	}
	return p.err
}

func printLevels(p *printer, s classifier.Summary) {
	p.line("")
	p.line("【等级】%d条，其中两可%d条", s.Level.Rows, s.Level.Ambiguous)
	p.line("  不计两可：准确率%s，macro-F1 %.3f", percent(s.Level.Clear.Accuracy), s.Level.Clear.MacroF1)
	p.line("  计入两可（两级都算对）：准确率%s，macro-F1 %.3f", percent(s.Level.Accuracy), s.Level.MacroF1)
	e := s.Emergency
	p.line("  重大突发查全：%s；误报：%s；演练、传言、旧事定为重大突发而未提疑问：%s", of(e.Recall), of(e.False), of(e.Unasked))
	printTally(p, &s.Level.TallySummary)
	for _, f := range []struct{ key, name string }{{"deaths", "死亡"}, {"injured", "受伤"}, {"missing_trapped", "失踪被困"}, {"poisoned", "中毒患病"}} {
		if score, ok := s.Figures[f.key]; ok {
			p.line("  %s人数：读对%s；文中没说而读出%d条", f.name, of(score.Count), score.Invented)
		}
	}
}

func printTally(p *printer, t *classifier.TallySummary) {
	for _, c := range t.Classes {
		p.line("  %s：%d条，查准%s，查全%s，F1 %.3f%s", levelName(c.Name), c.Rows, percent(c.Precision), percent(c.Recall), c.F1, mistaken(t.Confusion[c.Name], c.Name, t))
	}
	if t.ECE == nil {
		return
	}
	p.line("  把握程度与实际相差（ECE）%.3f", *t.ECE)
	for _, b := range t.Calibration {
		p.line("    把握%.0f%%–%.0f%%：%d条，平均把握%s，实际对%s", 100*b.From, 100*b.To, b.Rows, percent(b.Confidence), percent(b.Accuracy))
	}
}

// mistaken lists what a class was taken for.
func mistaken(row map[string]int, name string, t *classifier.TallySummary) string {
	text := ""
	list := func(given string) {
		if n := row[given]; n > 0 && given != name {
			text += fmt.Sprintf("，误作%s %d", levelName(given), n)
		}
	}
	known := map[string]bool{}
	for _, c := range t.Classes {
		known[c.Name] = true
		list(c.Name)
	}
	others := 0
	for given, n := range row {
		if !known[given] {
			others += n
		}
	}
	if others > 0 {
		text += fmt.Sprintf("，误作其他 %d", others)
	}
	return text
}

func levelName(name string) string {
	if l := incident.Level(name); l.Valid() {
		return l.Chinese()
	}
	if name == "" {
		return "（无）"
	}
	return name
}

func percent(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) }

func of(c classifier.Count) string {
	if c.Of == 0 {
		return "没有这样的记录"
	}
	return fmt.Sprintf("%d/%d（%s）", c.Part, c.Of, percent(c.Rate))
}
