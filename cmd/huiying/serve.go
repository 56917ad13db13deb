package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"huiying/internal/app"
)

// newServe is `huiying serve`: everything, in one process.
func newServe(opts *options) *cobra.Command {
	var demo bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "启动系统：网页、接口、计时、催办、消息，都在这一个程序里",
		Example: "  huiying serve\n  huiying serve --config huiying.yaml\n  huiying serve --demo\n\n" +
			"退出状态：0 正常停止（Ctrl+C 或 SIGTERM），1 启动失败，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if demo {
				if cfg.Clock.Rate == 1 {
					cfg.Clock.Rate = app.DemoRate
				}
				// A demonstration begins with an empty database each time and leaves nothing behind.
				if cfg.Storage.Dir, err = os.MkdirTemp("", "huiying-demo-"); err != nil {
					return fmt.Errorf("临时目录不能写入：%w", err)
				}
				dir := cfg.Storage.Dir
				defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
			}
			return app.Serve(cmd.Context(), cfg, app.Options{ //nolint:wrapcheck // a sentence for people
				Out: out, Log: logger(cmd.ErrOrStderr()), Demo: demo,
				Version: version,
				Ready: func(addr string) error {
					_, err := fmt.Fprintf(out, "回应已启动，网页地址：http://%s/  （Ctrl+C 停止）\n\n", addr)
					return err //nolint:wrapcheck // the console is gone
				},
			})
		},
	}
	c.Flags().BoolVar(&demo, "demo", false, "演示：示例单位、人员和事件，时钟以720倍速度运行，结束后不留数据")
	return c
}

// logger writes what an operator must know, as JSON lines.
func logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
