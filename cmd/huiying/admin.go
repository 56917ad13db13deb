package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"huiying/internal/app"
)

// newMigrate is `huiying migrate`: brings the database to this version's schema.
func newMigrate(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "把数据库升级到本版本的结构（serve 启动时也会自动升级）",
		Example: "  huiying migrate\n\n退出状态：0 已升级或无需升级，1 失败，2 用法有误。",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			if err := app.Migrate(cmd.Context(), cfg); err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			path := app.DatabasePath(cfg)
			return printResult(opts, cmd.OutOrStdout(), map[string]string{"database": path}, "数据库已是本版本的结构："+path)
		},
	}
}

// newBackup is `huiying backup FILE`: an online copy; the house may go on working.
func newBackup(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   "备份数据库（系统运行时也可以备份）",
		Example: "  huiying backup 备份/2026-11-24.db\n\n退出状态：0 已备份并校验，1 失败，2 用法有误。",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			audit, err := app.Backup(cmd.Context(), cfg, args[0])
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printResult(opts, cmd.OutOrStdout(), audit,
				fmt.Sprintf("已备份到 %s：%d件事件，%d条记录，校验通过。", args[0], audit.Incidents, audit.Entries))
		},
	}
}

// newRestore is `huiying restore FILE`: checks a backup and puts it in the database's place.
func newRestore(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "校验备份并恢复（须先停止系统；原数据库保留为 .before-restore）",
		Example: "  huiying restore 备份/2026-11-24.db\n\n" +
			"退出状态：0 已恢复，1 备份不完整或系统正在运行，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			audit, err := app.Restore(cmd.Context(), cfg, args[0])
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printResult(opts, cmd.OutOrStdout(), audit, fmt.Sprintf("已从 %s 恢复：%d件事件，%d条记录。原数据库保留在 %s。",
				args[0], audit.Incidents, audit.Entries, filepath.Base(app.DatabasePath(cfg))+".before-restore"))
		},
	}
}

// newAudit is `huiying audit` with its one subcommand.
func newAudit(opts *options) *cobra.Command {
	root := &cobra.Command{Use: "audit", Short: "记录校验"}
	root.AddCommand(&cobra.Command{
		Use:   "verify",
		Short: "逐条校验全部办理记录的哈希链和每日封存，证明没有被改动",
		Example: "  huiying audit verify --json\n\n" +
			"退出状态：0 完整，1 发现改动，2 用法有误。",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			audit, err := app.VerifyLog(cmd.Context(), cfg)
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			err = printResult(opts, cmd.OutOrStdout(), audit, fmt.Sprintf("%d件事件、%d条记录、%d次封存，发现%d处问题。",
				audit.Incidents, audit.Entries, audit.Seals, len(audit.Problems)))
			if err != nil || len(audit.Problems) == 0 {
				return err
			}
			p := audit.Problems[0]
			return fmt.Errorf("记录校验不通过，共%d处，第一处：%d号事件第%d条，%s", len(audit.Problems), p.Incident, p.Seq, p.Text)
		},
	})
	return root
}
