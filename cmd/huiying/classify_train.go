package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/internal/app"
)

// trainOptions are the flags of `huiying classify train`.
type trainOptions struct {
	out     string
	fromLog bool
}

// newClassifyTrain is `huiying classify train`.
func newClassifyTrain(opts *options) *cobra.Command {
	o := &trainOptions{}
	c := &cobra.Command{
		Use:   "train [FILE…]",
		Short: "训练本地模型：类别、单位、是否重大，由已有标注的记录学习",
		Long: "读入 JSONL（可用 gzip 压缩），每行 {\"title\",\"text\" 或 \"tokens\",\"category\",\"unit\",\"level\"}，有什么标注学什么。\n" +
			"--from-log 从本县的办理记录学习：值班员定的等级和类别、签收并办理的单位；被退回的单位不算。\n" +
			"同样的文件得到同样的模型。模型里只存词的散列值，不存原文。",
		Example: "  huiying classify train 历史件.jsonl 分词件.jsonl.gz -o 模型.hym\n" +
			"  huiying classify train --from-log 历史件.jsonl -o 模型.hym\n" +
			"  huiying serve --config huiying.yaml      # files.model: 模型.hym\n\n" +
			"退出状态：0 已写出模型，1 有行读不了或没有可学的标注，2 用法有误。",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 && !o.fromLog {
				return usageError{errors.New("请给出标注文件，或加 --from-log 从办理记录学习")}
			}
			samples, err := readSamples(files)
			if err != nil {
				return err
			}
			if o.fromLog {
				cfg, err := loadConfig(opts)
				if err != nil {
					return err
				}
				past, err := app.LogSamples(cmd.Context(), cfg)
				if err != nil {
					return err //nolint:wrapcheck // a sentence for people
				}
				samples = append(samples, past...)
			}
			return train(opts, o, samples, cmd.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&o.fromLog, "from-log", false, "也从本县的办理记录学习（系统运行时也可以用）")
	c.Flags().StringVarP(&o.out, "out", "o", "model.hym", "写到哪个文件")
	return c
}

// trained is the result of a training.
type trained struct {
	File  string          `json:"file"`
	Bytes int64           `json:"bytes"`
	Heads []model.Trained `json:"heads"`
}

func train(opts *options, o *trainOptions, samples []model.Sample, out io.Writer) error {
	m, err := classifier.Teach(samples)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	size, err := writeModel(o.out, m)
	if err != nil {
		return err
	}
	if opts.json {
		return printResult(opts, out, trained{o.out, size, m.Trained()}, "")
	}
	p := &printer{w: out}
	p.line("模型已写到 %s，%d KB。在配置里写 files.model: %s 即启用。", o.out, (size+1023)/1024, o.out)
	for _, t := range m.Trained() {
		p.line("")
		p.line("%s：学了%d条，交叉验证准确率%.3f，macro-F1 %.3f", headName(t.Head), t.Texts, t.Accuracy, t.MacroF1)
		for _, k := range t.Classes {
			p.line("  %-12s %6d条  F1 %.3f", k.Class, k.Texts, k.F1)
		}
		for _, d := range t.Dropped {
			p.line("  %-12s 不足%d条，没有学", d, model.MinClass)
		}
	}
	return p.err
}

func headName(head string) string {
	switch head {
	case model.Category:
		return "类别"
	case model.Unit:
		return "单位"
	case model.Level:
		return "是否重大"
	}
	return head
}

// readSamples reads labelled rows; a line that cannot be used ends it, since a model of
// half the labels would look like the whole.
func readSamples(files []string) ([]model.Sample, error) {
	var out []model.Sample
	for _, name := range files {
		err := readRows(name, func(line int, r classifier.Row) error {
			if err := r.LevelKnown(); err != nil {
				return fmt.Errorf("第%d行%w", line, err)
			}
			if s := r.Sample(); len(s.Labels) > 0 || len(s.Tokens) > 0 {
				out = append(out, s)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readRows reads one file of rows; a fault names the file and the line.
func readRows(name string, take func(line int, r classifier.Row) error) (err error) {
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return fmt.Errorf("打不开文件 %s：%w", name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	err = classifier.ScanRows(f, func(line int, r classifier.Row, err error) error {
		if err != nil {
			return err
		}
		return take(line, r)
	})
	if err != nil {
		return fmt.Errorf("%s：%s", name, errorText(err))
	}
	return nil
}

// writeModel writes beside the file and renames, so that a house that starts meanwhile
// finds the old model or the new one.
func writeModel(name string, m *model.Model) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return 0, fmt.Errorf("不能写入 %s：%w", filepath.Dir(name), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(m.Write(f), f.Chmod(0o644), f.Sync()); err != nil {
		return 0, errors.Join(fmt.Errorf("不能写入 %s：%w", name, err), f.Close())
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("不能写入 %s：%w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return 0, fmt.Errorf("不能写入 %s：%w", name, err)
	}
	return info.Size(), nil
}
