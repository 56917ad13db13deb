package main

import (
	"context"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/report"
)

func newReportYear(opts *options) *cobra.Command {
	return newReportOf(opts, paper[report.Year, report.Annual]{
		kind: report.KindAnnual, use: "year", short: "年度考核：日常考核（各月平均）和年终考核，公式、分子分母和扣分明细",
		example: "  huiying report year --year 2026 --format xlsx -o 年度考核.xlsx\n" +
			"  huiying report year --year 2026 --issue",
		flag: "year", usage: "哪一年，例如 2026，不指定为上一年", wrong: "“%s”不是年份，请写成 2026",
		parse: report.ParseYear, before: report.YearBefore,
		edition: func(ctx context.Context, r app.Reports, year report.Year) edition[report.Annual] {
			return edition[report.Annual]{
				issue: func() (report.Annual, error) {
					a, _, err := r.IssueAnnual(ctx, app.Operator(), year, r.Now, true)
					return a, err //nolint:wrapcheck // a sentence for people
				},
				recount: func() (report.Annual, error) { return r.CountAnnual(ctx, year, r.Now) },
				read: func() (report.Annual, error) {
					a, _, err := r.Annual(ctx, year, r.Now)
					return a, err //nolint:wrapcheck // a sentence for people
				},
			}
		},
	})
}
