package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/org"
)

// newToken is `huiying token` with its one subcommand.
func newToken(opts *options) *cobra.Command {
	root := &cobra.Command{Use: "token", Short: "登录口令和接口口令"}
	var role string
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "为人员生成登录口令，或为接入系统生成接口口令；只显示这一次，同名的旧口令作废",
		Example: "  huiying token add 王值班\n  huiying token add 12345平台 --role intake\n\n" +
			"退出状态：0 已生成，1 有误，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			if !slices.Contains(roles(), org.Role(role)) {
				return usageError{fmt.Errorf("--role 只能是 admin、auditor、intake、viewer，不能是“%s”", role)}
			}
			token, err := app.AddToken(cmd.Context(), cfg, args[0], org.Role(role))
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printResult(opts, cmd.OutOrStdout(), map[string]string{"name": args[0], "token": token}, token)
		},
	}
	add.Flags().StringVar(&role, "role", "", "接入系统的权限：intake（登记）、viewer（只读）、auditor、admin；人员不用填")
	root.AddCommand(add)
	return root
}

// roles are those that may be given at the command line; the empty one is an officer's.
func roles() []org.Role {
	return []org.Role{org.RoleNone, org.RoleAdmin, org.RoleAuditor, org.RoleIntake, org.RoleViewer}
}
