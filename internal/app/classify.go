package app

import (
	"errors"
	"fmt"
	"os"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// LoadModel reads the trained model that the configuration names; nil when it names none.
func LoadModel(cfg configs.Config) (m *model.Model, err error) {
	if cfg.Files.Model == "" {
		return nil, nil //nolint:nilnil // no model is a way to work
	}
	f, err := os.Open(cfg.Files.Model)
	if err != nil {
		return nil, &incident.Error{
			Code: incident.CodeInvalid, Field: "files.model", Err: err,
			Text: fmt.Sprintf("打不开模型 %s，请核对路径；没有训练过模型时把 files.model 留空。", cfg.Files.Model),
		}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return classifier.LoadModel(cfg.Files.Model, f) //nolint:wrapcheck // a sentence for people
}

// newAssessor makes what grades and routes in a house: rules, and the model where there is one.
func newAssessor(cfg configs.Config) (func(directory func() *org.Directory) desk.Assessor, error) {
	rules, err := LoadRules(cfg)
	if err != nil {
		return nil, err
	}
	m, err := LoadModel(cfg)
	if err != nil {
		return nil, err
	}
	return func(directory func() *org.Directory) desk.Assessor {
		return classifier.New(rules, directory, classifier.WithModel(m))
	}, nil
}

// LoadClassifier makes a classifier as the house has it, of the configuration's rules,
// units and model, for the command line.
func LoadClassifier(cfg configs.Config) (*classifier.Classifier, error) {
	rules, err := LoadRules(cfg)
	if err != nil {
		return nil, err
	}
	m, err := LoadModel(cfg)
	if err != nil {
		return nil, err
	}
	people, err := LoadPeople(cfg)
	if err != nil {
		return nil, err
	}
	dir, err := org.NewDirectory(people)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	return classifier.New(rules, func() *org.Directory { return dir }, classifier.WithModel(m)), nil
}
