package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/report"
)

func newReportEvaluation(opts *options) *cobra.Command {
	var f reportFlags
	var month string
	var send bool
	cmd := &cobra.Command{
		Use:   "evaluation",
		Short: "月度效果评估：指标、公式、分子分母、单位得分和扣分明细",
		Example: "  huiying report evaluation --month 2026-11 --format xlsx -o 评估.xlsx\n" +
			"  huiying report evaluation --month 2026-11 --issue\n\n" +
			"退出状态：0 完成，1 不能统计或写不了文件，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			return app.Reporting(cmd.Context(), cfg, func(r app.Reports) error {
				m := report.MonthBefore(r.Now, r.Zone)
				if month != "" {
					var ok bool
					if m, ok = report.ParseMonth(month); !ok {
						return usageError{fmt.Errorf("“%s”不是月份，请写成 2026-11", month)}
					}
				}
				if send {
					n, err := r.Send(cmd.Context(), app.Operator(), report.KindEvaluation, m.String(), r.Now)
					return sent(opts, cmd.OutOrStdout(), "month", m.String(), n, err)
				}
				return f.evaluation(cmd.Context(), opts, cmd.OutOrStdout(), r, m)
			})
		},
	}
	f.add(cmd, "md、json、xlsx、docx、png")
	cmd.Flags().StringVar(&month, "month", "", "哪个月，例如 2026-11，不指定为上个月")
	cmd.Flags().BoolVar(&send, "send", false, "再发送一次：县里和各单位的领导各收到自己的那份")
	return cmd
}

func (f reportFlags) evaluation(ctx context.Context, opts *options, out io.Writer, r app.Reports, month report.Month) error {
	return show(f, opts, out, r, edition[report.Evaluation]{
		issue: func() (report.Evaluation, error) {
			e, _, err := r.IssueEvaluation(ctx, app.Operator(), month, r.Now, true)
			return e, err //nolint:wrapcheck // a sentence for people
		},
		recount: func() (report.Evaluation, error) { return r.CountEvaluation(ctx, month, r.Now) },
		read: func() (report.Evaluation, error) {
			e, _, err := r.Evaluation(ctx, month, r.Now)
			return e, err //nolint:wrapcheck // a sentence for people
		},
	})
}
