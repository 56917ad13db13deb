package main

import (
	"context"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/report"
)

func newReportEvaluation(opts *options) *cobra.Command {
	return newReportOf(opts, paper[report.Month, report.Evaluation]{
		kind: report.KindEvaluation, use: "evaluation", short: "月度效果评估：指标、公式、分子分母、单位得分和扣分明细",
		example: "  huiying report evaluation --month 2026-11 --format xlsx -o 评估.xlsx\n" +
			"  huiying report evaluation --month 2026-11 --issue",
		flag: "month", usage: "哪个月，例如 2026-11，不指定为上个月", wrong: "“%s”不是月份，请写成 2026-11",
		parse: report.ParseMonth, before: report.MonthBefore,
		edition: func(ctx context.Context, r app.Reports, month report.Month) edition[report.Evaluation] {
			return edition[report.Evaluation]{
				issue: func() (report.Evaluation, error) {
					e, _, err := r.IssueEvaluation(ctx, app.Operator(), month, r.Now, true)
					return e, err //nolint:wrapcheck // a sentence for people
				},
				recount: func() (report.Evaluation, error) { return r.CountEvaluation(ctx, month, r.Now) },
				read: func() (report.Evaluation, error) {
					e, _, err := r.Evaluation(ctx, month, r.Now)
					return e, err //nolint:wrapcheck // a sentence for people
				},
			}
		},
	})
}
