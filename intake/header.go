package intake

import (
	"regexp"
	"strings"
)

// usualHeaders are the headers, folded, that hotline, letter-box and monitoring systems
// export, the preferred first. 序号 is none: it numbers the rows of one export only.
func usualHeaders() map[Field][]string {
	return map[Field][]string{
		FieldID: {
			"external_id", "externalid", "工单编号", "工单号", "工单流水号", "受理编号", "受理单号", "诉求编号", "诉求单号", "案件编号", "事件编号",
			"信件编号", "来信编号", "留言编号", "帖子编号", "转办单号", "交办单号", "流水号", "业务编号", "单号", "编号", "message_id", "id",
		},
		FieldTitle: {
			"title", "标题", "诉求标题", "诉求主题", "工单标题", "工单主题", "主题", "留言标题", "留言主题", "信件标题", "信件主题", "来信标题", "来信主题",
			"事件标题", "事件名称", "案件标题", "问题标题", "帖子标题", "新闻标题", "文章标题", "舆情标题", "subject", "headline",
		},
		FieldText: {
			"text", "content", "内容", "诉求内容", "工单内容", "正文", "留言内容", "留言详情", "信件内容", "来信内容", "来电内容", "反映内容", "反映问题",
			"问题描述", "诉求描述", "诉求详情", "问题内容", "事件内容", "事件描述", "事件详情", "情况描述", "帖子内容", "舆情内容", "微博内容", "博文",
			"具体内容", "主要内容", "详细内容", "详情", "诉求事项", "内容摘要", "摘要", "body", "description",
		},
		FieldReported: {
			"reported_at", "submitted_at", "来电时间", "诉求时间", "受理时间", "登记时间", "提交时间", "留言时间", "来信时间", "写信时间", "信件时间",
			"反映时间", "交办时间", "转办时间", "派单时间", "上报时间", "报送时间", "接报时间", "发布时间", "发帖时间", "创建时间", "时间", "来电日期",
			"受理日期", "登记日期", "留言日期", "日期", "time", "datetime", "created_at", "date", "report_date", "requested_datetime",
		},
		FieldFound: {"found_at", "发现时间", "监测时间", "采集时间", "抓取时间", "首次发现时间"},
		FieldSource: {
			"source", "来源", "诉求来源", "工单来源", "事件来源", "信息来源", "来源平台", "来源渠道", "平台", "媒体名称", "渠道", "诉求渠道", "受理渠道",
			"来电渠道", "channel", "platform",
		},
		FieldName: {
			"reporter", "reporter_name", "reporter.name", "来电人", "来电人姓名", "诉求人", "诉求人姓名", "反映人", "反映人姓名", "来信人", "写信人",
			"留言人", "联系人", "联系人姓名", "上报人", "报告人", "姓名", "市民姓名", "name",
		},
		FieldPhone: {
			"reporter_phone", "reporter.phone", "来电号码", "来电电话", "联系电话", "联系方式", "诉求人电话", "反映人电话", "联系人电话", "手机号码", "手机号",
			"手机", "电话号码", "电话", "phone", "mobile", "tel",
		},
		FieldIDNo: {"reporter_id_no", "reporter.id_no", "身份证号", "身份证号码", "证件号码", "证件号", "id_no"},
		FieldPlace: {
			"place", "address", "诉求地址", "事发地址", "事发地点", "发生地址", "发生地点", "事件地点", "问题地址", "反映地点", "详细地址", "地址", "地点", "位置",
			"location",
		},
		FieldRegion: {"region", "所属区域", "事发区域", "诉求区域", "所属乡镇", "所属镇街", "所属街道", "区域", "属地", "乡镇", "镇街", "街道", "行政区划", "区划", "district"},
		FieldURL:    {"url", "link", "链接", "原文链接", "网址", "原文网址", "链接地址", "帖子链接"},
		FieldLevel:  {"level", "等级", "事件等级", "舆情等级", "研判等级", "事件级别", "舆情级别", "级别"},
		FieldCategory: {
			"category", "诉求类别", "诉求分类", "问题类别", "问题分类", "事件类别", "事件类型", "一级分类", "一级标签", "类别", "分类",
		},
		FieldDeadline: {"deadline", "办结期限", "办理期限", "办结时限", "办理时限", "截止时间", "截止日期", "要求办结时间", "应办结时间", "到期时间"},
	}
}

// pastHeaders are those of what became of a report. 发布时间 may also be when it was
// posted, see layout.settle.
func pastHeaders() map[Field][]string {
	return map[Field][]string{
		FieldFirstReport: {"first_report_at", "首报时间", "首次报告时间"},
		FieldReleased:    {"released_at", "权威发布时间", "首次发布时间", "通报发布时间", "发布时间"},
		FieldConference:  {"press_conference_at", "新闻发布会时间", "发布会时间", "发布会召开时间"},
	}
}

// bracketed are remarks in a header, such as 时间（必填）or 电话[手机].
var bracketed = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕`)

// maxHeader bounds a header, in bytes; what is longer is a text.
const maxHeader = 300

// foldHeader makes headers comparable: width, case, blanks, remarks in brackets, stars
// and colons do not tell them apart. What is too long for a header is like none.
func foldHeader(h string) string {
	if len(h) > maxHeader {
		return ""
	}
	h = strings.TrimPrefix(h, "\ufeff")
	folded := foldName(h)
	if plain := bracketed.ReplaceAllString(folded, ""); plain != "" {
		folded = plain
	}
	return strings.Trim(folded, "*:'\"#")
}
