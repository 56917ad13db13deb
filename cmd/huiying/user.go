package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"huiying/internal/app"
	"huiying/org"
)

// userOptions are the flags of `huiying user add`.
type userOptions struct {
	role, unit, post, wecom, email string
}

// newUser is `huiying user` with its one subcommand.
func newUser(opts *options) *cobra.Command {
	root := &cobra.Command{Use: "user", Short: "人员"}
	o := &userOptions{}
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "添加人员、任职和联系方式（系统运行时也可以，一分钟内生效）",
		Example: "  huiying user add 李四 --unit 县住建局 --post handler --wecom lisi\n" +
			"  huiying user add 王五 --role admin\n\n" +
			"退出状态：0 已添加，1 有误，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			var added org.Person
			err = app.EditPeople(cmd.Context(), cfg, func(data org.Data) (org.Data, error) {
				data, added, err = o.add(data, args[0])
				return data, err
			})
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printResult(opts, cmd.OutOrStdout(), added, fmt.Sprintf("已添加 %s（编号 %s）。", added.Name, added.ID))
		},
	}
	f := add.Flags()
	f.StringVar(&o.role, "role", "", "权限：admin、auditor、intake、viewer；一般人员不用填，按职务办事")
	f.StringVar(&o.unit, "unit", "", "单位名称或简称")
	f.StringVar(&o.post, "post", "", "职务：handler、section_head、deputy、head、duty_officer、office_director、deputy_leader")
	f.StringVar(&o.wecom, "wecom", "", "企业微信账号（userid）")
	f.StringVar(&o.email, "email", "", "电子邮箱")
	root.AddCommand(add, newUserCode(opts))
	return root
}

// newUserCode is `huiying user code`.
func newUserCode(opts *options) *cobra.Command {
	return &cobra.Command{
		Use:   "code NAME",
		Short: "为人员生成绑定码，用来绑定 Telegram 等账号；24小时内有效，只能用一次",
		Example: "  huiying user code 张三\n\n" +
			"把绑定码交给本人，由他在要绑定的账号里给机器人发“绑定 绑定码”。\n" +
			"退出状态：0 已生成，1 有误，2 用法有误。",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(opts)
			if err != nil {
				return err
			}
			code, person, err := app.GiveCode(cmd.Context(), cfg, args[0])
			if err != nil {
				return err //nolint:wrapcheck // a sentence for people
			}
			return printResult(opts, cmd.OutOrStdout(), map[string]string{"person": string(person.ID), "name": person.Name, "code": code},
				fmt.Sprintf("%s的绑定码：%s（24小时内有效，只能用一次）。请本人在要绑定的账号里给机器人发：绑定 %s", person.Name, code, code))
		},
	}
}

// add puts a person, or one more appointment of a person who is there, into the directory.
func (o *userOptions) add(data org.Data, name string) (org.Data, org.Person, error) {
	dir, err := org.NewDirectory(data)
	if err != nil {
		return data, org.Person{}, err //nolint:wrapcheck // a sentence for people
	}
	if err := o.check(); err != nil {
		return data, org.Person{}, err
	}
	at := slices.IndexFunc(data.Persons, func(p org.Person) bool { return p.Name == name && !p.Left })
	if at < 0 {
		id := name
		for n := 2; slices.ContainsFunc(data.Persons, func(p org.Person) bool { return string(p.ID) == id }); n++ {
			id = fmt.Sprintf("%s-%d", name, n)
		}
		data.Persons = append(data.Persons, org.Person{ID: org.PersonID(id), Name: name})
		at = len(data.Persons) - 1
	}
	p := &data.Persons[at]
	p.Role = cmp.Or(org.Role(o.role), p.Role)
	p.Addresses = withAddress(withAddress(p.Addresses, "wecom", o.wecom), "email", o.email)
	if !slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return a.Channel == "console" }) {
		p.Addresses = append(p.Addresses, org.Address{Channel: "console", To: string(p.ID)})
	}
	if o.unit != "" {
		unit, ok := dir.FindUnit(o.unit)
		if !ok {
			return data, *p, fmt.Errorf("没有“%s”这个单位，现有：%s", o.unit, unitNames(data))
		}
		a := org.Appointment{Person: p.ID, Unit: unit.ID, Post: org.Post(o.post)}
		if !slices.Contains(data.Appointments, a) {
			data.Appointments = append(data.Appointments, a)
		}
	}
	_, err = org.NewDirectory(data)
	return data, *p, err //nolint:wrapcheck // a sentence for people
}

func (o *userOptions) check() error {
	switch {
	case !slices.Contains(roles(), org.Role(o.role)):
		return usageError{fmt.Errorf("--role 只能是 admin、auditor、intake、viewer，不能是“%s”", o.role)}
	case (o.unit == "") != (o.post == ""):
		return usageError{errors.New("--unit 和 --post 须一起填写")}
	case o.post != "" && !org.Post(o.post).Valid():
		return usageError{fmt.Errorf("没有“%s”这个职务", o.post)}
	case o.unit == "" && o.role == "":
		return usageError{errors.New("须填写任职（--unit、--post）或权限（--role）")}
	}
	return nil
}

func withAddress(list []org.Address, channel, to string) []org.Address {
	if to == "" {
		return list
	}
	list = slices.DeleteFunc(slices.Clone(list), func(a org.Address) bool { return a.Channel == channel })
	return append([]org.Address{{Channel: channel, To: to}}, list...)
}

func unitNames(data org.Data) string {
	names := make([]string, 0, len(data.Units))
	for _, u := range data.Units {
		names = append(names, u.Name)
	}
	return strings.Join(names, "、")
}
