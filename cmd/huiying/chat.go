package main

import (
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"huiying/internal/app"
)

// newChat is `huiying chat --as NAME`.
func newChat(opts *options) *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "chat --as 姓名",
		Short: "在终端里对话：登记、分办、签收、办结、查询，与企业微信里一样（系统运行时也可以用）",
		Example: "  huiying chat --as 值班员\n  huiying chat --as 王经办\n  echo 逾期 | huiying chat --as 县政府办主任\n\n" +
			"按钮前有编号，输入编号就是点按钮；“/file 路径”发送图片或文件；“退出”结束。\n" +
			"退出状态：0 正常结束，1 没有这个人或数据库打不开，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			in, ok := cmd.InOrStdin().(*os.File)
			return app.Chat(cmd.Context(), cfg, app.ChatOptions{ //nolint:wrapcheck // a sentence for people
				As: as, In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Prompt: ok && term.IsTerminal(int(in.Fd())),
			})
		},
	}
	c.Flags().StringVar(&as, "as", "值班员", "以谁的身份：姓名，或职务（值班员、县住建局经办人）")
	return c
}
