package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/report"
)

func newReportYear(opts *options) *cobra.Command {
	var f reportFlags
	var year string
	var send bool
	cmd := &cobra.Command{
		Use:   "year",
		Short: "年度考核：日常考核（各月平均）和年终考核，公式、分子分母和扣分明细",
		Example: "  huiying report year --year 2026 --format xlsx -o 年度考核.xlsx\n" +
			"  huiying report year --year 2026 --issue\n\n" +
			"退出状态：0 完成，1 不能统计或写不了文件，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			return app.Reporting(cmd.Context(), cfg, func(r app.Reports) error {
				y := report.YearBefore(r.Now, r.Zone)
				if year != "" {
					var ok bool
					if y, ok = report.ParseYear(year); !ok {
						return usageError{fmt.Errorf("“%s”不是年份，请写成 2026", year)}
					}
				}
				if send {
					n, err := r.Send(cmd.Context(), app.Operator(), report.KindAnnual, y.String(), r.Now)
					return sent(opts, cmd.OutOrStdout(), "year", y.String(), n, err)
				}
				return f.year(cmd.Context(), opts, cmd.OutOrStdout(), r, y)
			})
		},
	}
	f.add(cmd, "md、json、xlsx、docx、png")
	cmd.Flags().StringVar(&year, "year", "", "哪一年，例如 2026，不指定为上一年")
	cmd.Flags().BoolVar(&send, "send", false, "再发送一次：县里和各单位的领导各收到自己的那份")
	return cmd
}

func (f reportFlags) year(ctx context.Context, opts *options, out io.Writer, r app.Reports, year report.Year) error {
	return show(f, opts, out, r, edition[report.Annual]{
		issue: func() (report.Annual, error) {
			a, _, err := r.IssueAnnual(ctx, app.Operator(), year, r.Now, true)
			return a, err //nolint:wrapcheck // a sentence for people
		},
		recount: func() (report.Annual, error) { return r.CountAnnual(ctx, year, r.Now) },
		read: func() (report.Annual, error) {
			a, _, err := r.Annual(ctx, year, r.Now)
			return a, err //nolint:wrapcheck // a sentence for people
		},
	})
}
