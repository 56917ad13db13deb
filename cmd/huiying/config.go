package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"huiying/configs"
	"huiying/internal/app"
)

// newConfig is `huiying config` with init and check.
func newConfig(opts *options) *cobra.Command {
	root := &cobra.Command{Use: "config", Short: "配置"}
	root.AddCommand(
		&cobra.Command{
			Use:   "init DIR",
			Short: "把带注释的默认配置写到目录里，供修改（不覆盖已有文件）",
			Example: "  huiying config init 配置\n  huiying serve --config 配置/huiying.yaml\n\n" +
				"退出状态：0 已写出，1 失败，2 用法有误。",
			Args: args(cobra.ExactArgs(1)),
			RunE: func(cmd *cobra.Command, args []string) error {
				written, err := configInit(args[0])
				if err != nil {
					return err
				}
				return printResult(opts, cmd.OutOrStdout(), map[string]any{"dir": args[0], "files": written},
					fmt.Sprintf("已写出%d个文件到 %s，从 huiying.yaml 开始看。", len(written), args[0]))
			},
		},
		&cobra.Command{
			Use:   "check",
			Short: "检查配置、政策、机构、规则和消息模板，列出联系不到的职务",
			Example: "  huiying config check --config huiying.yaml\n\n" +
				"退出状态：0 没有问题（提醒不算问题），1 有误，2 用法有误。",
			Args: args(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				cfg, err := loadConfig(opts)
				if err != nil {
					return err
				}
				warnings, err := app.Check(cfg)
				if err != nil {
					return err //nolint:wrapcheck // a sentence for people
				}
				if opts.json {
					return printResult(opts, cmd.OutOrStdout(), map[string]any{"warnings": warnings}, "")
				}
				p := &printer{w: cmd.OutOrStdout()}
				for _, w := range warnings {
					p.line("提醒：%s", w)
				}
				p.line("配置没有错误，%d条提醒。", len(warnings))
				return p.err
			},
		},
	)
	return root
}

// configInit writes the built-in defaults into a folder; a file that is there is refused
// before anything is written.
func configInit(dir string) ([]string, error) {
	files := configs.Builtin()
	var names []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("文件已经存在：%s。请换一个空目录，或先移走它", filepath.Join(dir, name))
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read built-in %s: %w", name, err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return nil, fmt.Errorf("目录不能写入：%w", err)
		}
		if err := os.WriteFile(to, raw, 0o600); err != nil {
			return nil, fmt.Errorf("文件不能写入：%w", err)
		}
	}
	return names, nil
}
