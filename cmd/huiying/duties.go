package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"huiying/internal/app"
)

func newDuties(opts *options) *cobra.Command {
	var unit string
	var year int
	cmd := &cobra.Command{
		Use:   "duties",
		Short: "一个单位一年的周期任务：何时开始提醒，力争和最迟到哪天，依据什么",
		Example: "  huiying duties --unit 县住建局 --year 2027\n" +
			"  huiying duties --unit 县政府办 --json\n\n" +
			"退出状态：0 完成，1 没有这个单位或配置有误，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			if unit == "" {
				return usageError{errors.New("请用 --unit 写明单位，例如 --unit 县住建局")}
			}
			list, err := app.DutyCalendar(cfg, unit, year)
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printDuties(opts, cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().StringVar(&unit, "unit", "", "单位的编号、名称或简称")
	cmd.Flags().IntVar(&year, "year", 0, "哪一年，不指定为今年")
	return cmd
}

func printDuties(opts *options, out io.Writer, list []app.DutyDay) error {
	if opts.json {
		return printResult(opts, out, list, "")
	}
	if len(list) == 0 {
		return printResult(opts, out, nil, "这个单位没有按期的周期任务。")
	}
	var b strings.Builder
	for _, days := range byMonth(list) {
		fmt.Fprintf(&b, "%s\n", days[0].LimitAt.Add(-time.Nanosecond).Format("2006年1月"))
		for _, d := range days {
			fmt.Fprintf(&b, "  %s前  %s", d.Limit, d.Title)
			if d.Goal != "" {
				fmt.Fprintf(&b, "（%s）", d.Goal)
			}
			if d.Target != "" {
				fmt.Fprintf(&b, "，力争%s前", d.Target)
			}
			fmt.Fprintf(&b, "  [%s %s]\n", d.Rule, d.Clause)
		}
	}
	return printResult(opts, out, nil, strings.TrimRight(b.String(), "\n"))
}

// byMonth groups days that are in order by the month of their limit.
func byMonth(list []app.DutyDay) [][]app.DutyDay {
	var out [][]app.DutyDay
	month := func(d app.DutyDay) string { return d.LimitAt.Add(-time.Nanosecond).Format("2006-01") }
	for _, d := range list {
		if n := len(out); n > 0 && month(out[n-1][0]) == month(d) {
			out[n-1] = append(out[n-1], d)
			continue
		}
		out = append(out, []app.DutyDay{d})
	}
	return slices.Clip(out)
}
