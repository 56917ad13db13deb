package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"huiying/classifier"
	"huiying/configs"
	"huiying/incident"
	"huiying/internal/app"
)

// classifyOptions are the flags of `huiying classify`.
type classifyOptions struct {
	llm, model string
}

// newClassify is `huiying classify` with its subcommands.
func newClassify(opts *options) *cobra.Command {
	o := &classifyOptions{}
	c := &cobra.Command{
		Use:   "classify [FILE 或 -]",
		Short: "研判：逐行读入 JSONL，输出等级、依据、数字、类别和单位",
		Long: "逐行读入 {\"id\",\"title\",\"text\",\"reported_at\"}（可用 gzip 压缩），每行输出一条研判结果。\n" +
			"不是记录的行写到标准错误并注明行号，其余各行照常输出。",
		Example: "  huiying classify 来件.jsonl > 研判.jsonl\n  cat 来件.jsonl | huiying classify - --model 模型.hym\n\n" +
			"退出状态：0 各行都已研判，1 有行读不了（其余已输出）或文件打不开，2 用法有误。",
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, done, err := openRows(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			defer done()
			return classify(cmd.Context(), opts, o, in, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.llm, "llm", "off", "是否请大模型提出疑问：on、off")
	f.StringVar(&o.model, "model", "", "训练出的模型文件，默认用配置 files.model")
	c.AddCommand(newClassifyTrain(opts), newClassifyEval(opts), newClassifyDrift(opts))
	return c
}

// answering makes an answer of a row: the rules, the model, and whoever else is asked.
type answering func(ctx context.Context, r classifier.Row) (classifier.Answer, error)

// newAnswering puts together who answers.
func newAnswering(opts *options, o *classifyOptions) (answering, error) {
	if o.llm != "on" && o.llm != "off" {
		return nil, usageError{fmt.Errorf("--llm 只能是 on 或 off，不能是“%s”", o.llm)}
	}
	cfg, err := loadConfig(opts)
	if err != nil {
		return nil, err
	}
	if o.model != "" {
		cfg.Files.Model = o.model
	}
	c, err := app.LoadClassifier(cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	if o.llm == "on" {
		return advised(c, cfg)
	}
	return func(_ context.Context, r classifier.Row) (classifier.Answer, error) { return c.Answer(r), nil }, nil
}

// advised is the rules' and the model's answer with what the model outside adds: it asks,
// or raises where the configuration lets it. Where it gave nothing, the answer says so.
func advised(c *classifier.Classifier, cfg configs.Config) (answering, error) {
	a, err := app.NewAdviser(cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	return func(ctx context.Context, r classifier.Row) (classifier.Answer, error) {
		out := c.Answer(r)
		advice, err := a.Advise(ctx, r.Report(), incident.Grading{Level: out.Level, By: "classifier", Flags: out.Flags})
		if err != nil {
			out.Doubts = append(out.Doubts, "大模型没有给出意见（"+classifier.AdviceFault(err)+"），以规则为准。")
			return out, nil
		}
		out.Doubts, out.Evidence = append(out.Doubts, advice.Doubts...), append(out.Evidence, advice.Evidence...)
		if advice.Raise {
			out.Level = incident.Major
		}
		return out, nil
	}, nil
}

// classify answers row by row, in order. A line that is no row is told with its number
// and does not end the run; the result is then an error.
func classify(ctx context.Context, opts *options, o *classifyOptions, in io.Reader, out, errs io.Writer) error {
	answer, err := newAnswering(opts, o)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad := 0
	err = classifier.ScanRows(in, func(_ int, row classifier.Row, err error) error {
		if ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // the user stopped it
		}
		if err != nil {
			bad++
			say(errs, errorText(err))
			return nil
		}
		a, err := answer(ctx, row)
		if err != nil {
			return err
		}
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
		return nil
	})
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	if bad > 0 {
		return fmt.Errorf("有%d行未能研判，其余各行已输出", bad)
	}
	return nil
}

// openRows opens the file that was named; without one, or with -, it is standard input.
func openRows(stdin io.Reader, args []string) (io.Reader, func(), error) {
	if len(args) == 0 || args[0] == "-" {
		return stdin, func() {}, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, nil, fmt.Errorf("打不开文件 %s：%w", args[0], err)
	}
	return f, func() {
		if err := f.Close(); err != nil {
			say(os.Stderr, err.Error())
		}
	}, nil
}
