package augment

import "descent/core/knob"

// Images are the knobs that only images have.
var Images = []string{
	"augment.flip", "augment.flip_vertical", "augment.crop", "augment.rotate", "augment.scale", "augment.shear",
	"augment.elastic", "augment.smooth", "augment.erase", "augment.brightness", "augment.cutmix",
}

// Sums are the knobs that do not apply to integers which stand for vectors
// (categories of an embedding).
var Sums = []string{"augment.noise", "augment.mixup"}

const (
	shorten = "C. Shorten, T. M. Khoshgoftaar, “A survey on Image Data Augmentation for Deep Learning”, Journal of Big Data 6, 2019"
	simard  = "P. Y. Simard, D. Steinkraus, J. C. Platt, “Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis”, ICDAR 2003"
)

// Knobs are the [augment] table, bound to a.
func (a *Augment) Knobs() []knob.Knob {
	fraction := func(path string, v *float64, help string) knob.Knob {
		return knob.Float(path, v, 0, 1, knob.Linear, help).WithZero("off").WithStep(0.05)
	}
	return []knob.Knob{
		knob.Int("augment.crop", &a.Crop, 0, 64, "random crop: images are shifted by up to this many pixels, zeros come in").WithZero("off").Explained(knob.Doc{
			Formula: "x'[i, j] = x[i − a, j − b], a, b uniform integers from −p to p",
			Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Deep Residual Learning for Image Recognition”, CVPR 2016, section 4.2 (4 pixels of padding, random crop)",
			PyTorch: "torchvision.transforms.v2.RandomCrop(size, padding=p)",
			When:    "The first augmentation to try for photographs and for centred objects. Not where the position matters.",
			Range:   "1 for images of 8×8, 2 to 4 for 28×28 and 32×32",
		}),
		fraction("augment.flip", &a.Flip, "horizontal flip: probability that left and right are exchanged").Explained(knob.Doc{
			Formula: "x'[i, j] = x[i, W − 1 − j] with probability p",
			Source:  "A. Krizhevsky, I. Sutskever, G. E. Hinton, “ImageNet Classification with Deep Convolutional Neural Networks”, NIPS 2012, section 4.1",
			PyTorch: "torchvision.transforms.v2.RandomHorizontalFlip(p)",
			When:    "For photographs and clothes, whose mirror image is as good. Not for digits and letters, whose mirror image is another or none.",
			Range:   "0.5",
		}),
		fraction("augment.flip_vertical", &a.Turnover, "vertical flip: probability that top and bottom are exchanged").Explained(knob.Doc{
			Formula: "x'[i, j] = x[H − 1 − i, j] with probability p",
			Source:  shorten,
			PyTorch: "torchvision.transforms.v2.RandomVerticalFlip(p)",
			When:    "For images without an up and down, such as those from a microscope or a satellite.",
			Range:   "0.5",
		}),
		knob.Float("augment.rotate", &a.Rotate, 0, 180, knob.Linear, "rotation: largest angle in degrees, either way").WithZero("off").WithStep(5).Explained(knob.Doc{
			Formula: "x'(u) = x(R(θ)⁻¹ u) about the centre, θ ~ U(−a, a), bilinear interpolation, 0 outside",
			Source:  shorten,
			PyTorch: "torchvision.transforms.v2.RandomRotation(degrees)",
			When:    "For objects that may be tilted. Large angles change the class of digits: 6 and 9 at 180°.",
			Range:   "5 to 15; 180 where there is no up and down",
		}),
		knob.Float("augment.scale", &a.Scale, 0, 0.9, knob.Linear, "random scale: images are enlarged or reduced by up to this fraction").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "x'(u) = x(u/s) about the centre, s ~ U(1 − a, 1 + a)",
			Source:  simard + ", section 2 (affine distortions)",
			PyTorch: "torchvision.transforms.v2.RandomAffine(0, scale=(1 − a, 1 + a))",
			When:    "For objects of different sizes. Too much cuts them off at the edge.",
			Range:   "0.05 to 0.2",
		}),
		knob.Float("augment.shear", &a.Shear, 0, 60, knob.Linear, "shear: largest angle in degrees, either way").WithZero("off").WithStep(5).Explained(knob.Doc{
			Formula: "each row is shifted by tan φ times its distance from the centre row, φ ~ U(−a, a)",
			Source:  simard + ", section 2 (affine distortions)",
			PyTorch: "torchvision.transforms.v2.RandomAffine(0, shear=a)",
			When:    "For handwriting, which slants by its writer.",
			Range:   "5 to 20",
		}),
		knob.Float("augment.elastic", &a.Elastic, 0, 100, knob.Log, "elastic deformation: size of the smooth random displacements, in pixels").WithZero("off").WithScale(knob.Log, 0.1).Explained(knob.Doc{
			Formula: "x'(u) = x(u + d(u)), d = G_σ ∗ U(−α, α) for each pixel and direction, with Σ G_σ² = 1 along each axis",
			Source:  simard + ", section 2",
			PyTorch: "torchvision.transforms.v2.ElasticTransform(alpha, sigma)",
			When:    "For handwriting: it imitates an unsteady hand, and is among the best augmentations for digits. Not for rigid objects. Here α is about the displacement of a pixel, so it is much smaller than torchvision's.",
			Range:   "0.5 for 8×8, 1 to 4 for 28×28",
		}),
		knob.Float("augment.smooth", &a.Smooth, 0.5, 100, knob.Log, "elastic deformation: standard deviation σ of the Gaussian that smooths it, in pixels").WithScale(knob.Log, 0.5).Explained(knob.Doc{
			Formula: "G_σ(d) ∝ exp(−d²/(2σ²))",
			Source:  simard + ", section 2 (σ = 4 at 29×29)",
			PyTorch: "torchvision.transforms.v2.ElasticTransform(sigma)",
			When:    "Small values make the image noisy, large ones shift it as a whole.",
			Range:   "an eighth to a quarter of the side of the image",
		}),
		fraction("augment.erase", &a.Erase, "random erasing: a rectangle of up to this fraction of each side is set to 0").Explained(knob.Doc{
			Formula: "x'[i, j] = 0 (before standardization) in a rectangle of h×w, h = round(a u H), w = round(a v W), u, v ~ U(0, 1)",
			Source:  "Z. Zhong, L. Zheng, G. Kang, S. Li, Y. Yang, “Random Erasing Data Augmentation”, AAAI 2020; T. DeVries, G. W. Taylor, “Improved Regularization of Convolutional Neural Networks with Cutout”, arXiv 1708.04552, 2017",
			PyTorch: "torchvision.transforms.v2.RandomErasing(p, scale, ratio), there with a probability and a range of areas",
			When:    "Against relying on one part of an image (occlusion). On small images it soon removes what matters.",
			Range:   "0.2 to 0.5",
		}),
		fraction("augment.brightness", &a.Brightness, "brightness: pixels are multiplied by a factor of up to this much above or below 1").Explained(knob.Doc{
			Formula: "x' = (1 + b) x, b ~ U(−a, a), before standardization",
			Source:  shorten,
			PyTorch: "torchvision.transforms.v2.ColorJitter(brightness=a)",
			When:    "For photographs in changing light. Little use for scanned digits.",
			Range:   "0.1 to 0.4",
		}),
		knob.Float("augment.noise", &a.Noise, 0, 1e6, knob.Log, "Gaussian noise: standard deviation of what is added to every input").WithZero("off").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "x' = x + σ ε, ε ~ N(0, 1), after standardization",
			Source:  "C. M. Bishop, “Training with Noise is Equivalent to Tikhonov Regularization”, Neural Computation 7(1), 1995",
			PyTorch: "torchvision.transforms.v2.GaussianNoise(sigma)",
			When:    "For tables and signals, where no other augmentation applies; acts like a penalty on the gradient of the function (Tikhonov regularization). Standardize the inputs so that one σ fits all.",
			Range:   "0.01 to 0.3 of standardized inputs",
		}),
		fraction("augment.drop", &a.Drop, "input dropout: probability that an input is set to 0 (its mean where standardized)").Explained(knob.Doc{
			Formula: "x' = m ⊙ x, m ~ Bernoulli(1 − p), not rescaled",
			Source:  "P. Vincent, H. Larochelle, Y. Bengio, P.-A. Manzagol, “Extracting and Composing Robust Features with Denoising Autoencoders”, ICML 2008 (masking noise)",
			PyTorch: "torch.nn.functional.dropout, without its factor 1/(1 − p)",
			When:    "Against relying on single inputs of a table, or where some will be missing at prediction.",
			Range:   "0.05 to 0.2",
		}),
		knob.Float("augment.mixup", &a.Mixup, 0, 100, knob.Log, "mixup: rows and labels become weighted means of two; α of Beta(α, α)").WithZero("off").WithScale(knob.Log, 0.05).Explained(knob.Doc{
			Formula: "x' = λ x_i + (1 − λ) x_j, λ ~ Beta(α, α), one λ a batch\n" +
				"L = λ ℓ(ŷ, y_i) + (1 − λ) ℓ(ŷ, y_j), for cross-entropy the same as y' = λ y_i + (1 − λ) y_j",
			Source:  "H. Zhang, M. Cissé, Y. N. Dauphin, D. Lopez-Paz, “mixup: Beyond Empirical Risk Minimization”, ICLR 2018, section 2",
			PyTorch: "torchvision.transforms.v2.MixUp(alpha)",
			When:    "Against overfitting and overconfidence, with any inputs. The training loss stays high, since targets are mixed; judge by the validation loss.",
			Range:   "0.1 to 0.4",
		}),
		knob.Float("augment.cutmix", &a.Cutmix, 0, 100, knob.Log, "CutMix: a rectangle is pasted from another image, labels mixed by area; α of Beta(α, α)").WithZero("off").WithScale(knob.Log, 0.05).Explained(knob.Doc{
			Formula: "x' = M ⊙ x_i + (1 − M) ⊙ x_j, M = 0 in a rectangle of height H √(1 − λ₀) and width W √(1 − λ₀), λ₀ ~ Beta(α, α)\n" +
				"L = λ ℓ(ŷ, y_i) + (1 − λ) ℓ(ŷ, y_j), λ the fraction of pixels where M = 1, one rectangle a batch",
			Source:  "S. Yun, D. Han, S. J. Oh, S. Chun, J. Choe, Y. Yoo, “CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features”, ICCV 2019, section 3.1",
			PyTorch: "torchvision.transforms.v2.CutMix(alpha)",
			When:    "For images, where mixup gives unnatural ones. With both on, each is used in half of the batches.",
			Range:   "1",
		}),
	}
}
