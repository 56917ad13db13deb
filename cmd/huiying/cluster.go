package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"huiying/classifier/near"
)

// newCluster is `huiying cluster [FILE or -]`.
func newCluster() *cobra.Command {
	return &cobra.Command{
		Use:   "cluster [FILE|-]",
		Short: "把来件归为同一事项（重复、热点），逐行输出归类结果",
		Long: "读入 JSONL，每行 {\"id\",\"title\",\"text\",\"reported_at\"}（可另带 source、reporter），逐行输出\n" +
			"{\"id\",\"cluster\",\"hot\",\"heat\"}：cluster 是同一事项在文件中最先一件的 id，hot 表示该事项是热点，heat 是热度（0—100）。\n" +
			"词句相近但地点不同的，归为不同事项。不写文件名或写 - 时读标准输入。",
		Example: "  huiying cluster 来件.jsonl > 归类.jsonl\n\n退出状态：0 已归类，1 文件读不了，2 用法有误。",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := inputOf(cmd, args)
			if err != nil {
				return err
			}
			defer in.Close() //nolint:errcheck // only read
			rows, err := readClusterRows(in)
			if err != nil {
				return err
			}
			return writeClusters(cmd.OutOrStdout(), rows)
		},
	}
}

// inputOf is the file that was named, or standard input.
func inputOf(cmd *cobra.Command, args []string) (io.ReadCloser, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.NopCloser(cmd.InOrStdin()), nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, fmt.Errorf("打不开文件 %s：%w", args[0], err)
	}
	return f, nil
}

// clusterRow is one line of input. Ids may be numbers.
type clusterRow struct {
	ID         json.RawMessage `json:"id"`
	Title      string          `json:"title"`
	Text       string          `json:"text"`
	Place      string          `json:"place"`
	Source     string          `json:"source"`
	Reporter   string          `json:"reporter"`
	ReportedAt string          `json:"reported_at"`

	at time.Time
}

// maxLine bounds a line of input.
const maxLine = 16 << 20

func readClusterRows(in io.Reader) ([]clusterRow, error) {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 0, 1<<16), maxLine)
	var rows []clusterRow
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		var r clusterRow
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return nil, fmt.Errorf("第%d行不是正确的JSON对象，每行应为 {\"id\",\"title\",\"text\",\"reported_at\"}：%w", n, err)
		}
		if r.ReportedAt != "" {
			at, err := time.Parse(time.RFC3339, r.ReportedAt)
			if err != nil {
				return nil, fmt.Errorf("第%d行的 reported_at “%s”不是时间，请写成 2026-11-20T16:40:00+08:00", n, r.ReportedAt)
			}
			r.at = at
		}
		if len(r.ID) == 0 || string(r.ID) == "null" {
			r.ID = json.RawMessage(strconv.Itoa(n))
		}
		rows = append(rows, r)
	}
	switch err := sc.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, errors.New("有一行超过16MB，请检查文件是否每行一件")
	case err != nil:
		return nil, fmt.Errorf("读取出错：%w", err)
	}
	return rows, nil
}

// clustered is one line of output.
type clustered struct {
	ID      json.RawMessage `json:"id"`
	Cluster json.RawMessage `json:"cluster"`
	Hot     bool            `json:"hot"`
	Heat    float64         `json:"heat"`
}

func writeClusters(out io.Writer, rows []clusterRow) error {
	texts := make([]near.Text, len(rows))
	for i, r := range rows {
		texts[i] = near.Text{Title: r.Title, Body: r.Text, Place: r.Place, At: r.at}
	}
	of := near.Cluster(texts)
	seen := map[int][]near.Sighting{}
	for i, c := range of {
		seen[c] = append(seen[c], near.Sighting{At: rows[i].at, Source: rows[i].Source, Reporter: rows[i].Reporter})
	}
	heats := map[int]near.Heat{}
	for c, s := range seen {
		heats[c] = near.Measure(s)
	}
	limits := near.DefaultLimits()
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, c := range of {
		h := heats[c]
		line := clustered{ID: rows[i].ID, Cluster: rows[c].ID, Hot: limits.Hot(h), Heat: h.Score}
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
