package main

import (
	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/internal/drill"
)

// newDrill is `huiying drill`: plays a scripted incident on a simulated clock.
func newDrill(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "drill FILE.yaml",
		Short: "按脚本演练一件舆情，打印时限、状态和谁在何时收到消息",
		Example: "  huiying drill 演练.yaml --json\n\n" +
			"退出状态：0 演练完毕（其中被拒绝的步骤会如实列出），1 脚本有误，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			doc, err := readFile(args[0])
			if err != nil {
				return err
			}
			script, err := drill.Parse(args[0], doc)
			if err != nil {
				return err
			}
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			write := drill.WriteText
			if opts.json {
				write = drill.WriteJSON
			}
			var failed error
			err = app.Drill(cmd.Context(), cfg, script, func(e drill.Event) {
				if err := write(cmd.OutOrStdout(), e, script.Zone); err != nil && failed == nil {
					failed = err
				}
			})
			if err != nil {
				return err
			}
			return failed
		},
	}
}
