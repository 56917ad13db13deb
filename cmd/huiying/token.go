package main

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/org"
	"huiying/storage/sqlite"
	"huiying/web"
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
			roles := []org.Role{org.RoleNone, org.RoleAdmin, org.RoleAuditor, org.RoleIntake, org.RoleViewer}
			if !slices.Contains(roles, org.Role(role)) {
				return usageError{fmt.Errorf("--role 只能是 admin、auditor、intake、viewer，不能是“%s”", role)}
			}
			now := clockwork.NewRealClock().Now()
			var person org.PersonID
			err = sqlite.Edit(cmd.Context(), databaseOptions(cfg), now, func(data org.Data) (org.Data, error) {
				if len(data.Units) == 0 {
					if data, err = app.LoadPeople(cfg); err != nil {
						return data, err //nolint:wrapcheck // a sentence for people
					}
				}
				dir, err := org.NewDirectory(data)
				if err != nil {
					return data, err //nolint:wrapcheck // a sentence for people
				}
				p, ok := dir.FindPerson(args[0])
				if !ok && role == "" {
					return data, fmt.Errorf("没有叫“%s”的人员（或有重名，请用编号）；接入系统请加 --role intake", args[0])
				}
				person = p.ID
				return data, nil
			})
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			token, err := web.NewToken(rand.Reader)
			if err != nil {
				return err //nolint:wrapcheck // says what is wrong
			}
			err = sqlite.AddToken(cmd.Context(), databaseOptions(cfg), args[0], web.HashToken(token), person, org.Role(role), now)
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
